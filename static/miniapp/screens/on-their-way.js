// @ts-check
/** What is on its way from any tab of this person: each shows it, and its own does with it what is asked in another one. */
import { elsewhere, jobsElsewhere, tell } from "../data/other-tabs.js";
import { jobsOf } from "../data/outbox.js";
import { discard, retry } from "../data/resending.js";
import { session } from "../data/session.js";
import { withJobs } from "../data/thread.js";
import { unknown } from "./unfinished.js";

/** Rows of what other tabs send; how far it is, and calling it back, is for its own. @param {Desk.Conversation} conversation */
export function rowsElsewhere({ id, thread }) {
  const jobs = jobsElsewhere(id).filter((job) => !thread.messages.has(job.id));
  return withJobs([], jobs.map((job) => job.state === "failed" ? job : { ...job, state: "sending" }), session.me);
}

/** @param {string} ticket @param {string} id */
export const jobOf = (ticket, id) => [...jobsOf(ticket), ...jobsElsewhere(ticket)].find((job) => job.id === id);

/** @param {string} id @param {Partial<Desk.Job>} [change] how else it is sent */
export function sendOnceMore(id, change = {}) {
  if (elsewhere.has(id)) tell("job", { id, change });
  else retry(id, change);
}

/** @param {string} id */
export function drop(id) {
  if (elsewhere.has(id)) tell("job", { id });
  else discard(id);
}

/** @param {string} ticket */
export const failedElsewhere = (ticket) => jobsElsewhere(ticket).filter(({ state }) => state === "failed");

/**
 * @typedef {{message: (id: string) => Desk.Message | undefined,
 *            conversation: () => Desk.Conversation | null, composer: () => Desk.Composer | null | undefined}} Owner
 */

/** What waited to be sent is written on. @param {string} id @param {Owner} owner */
export function callBack(id, owner) {
  const job = jobsOf(owner.conversation()?.id ?? "").find((one) => one.id === id);
  if (job && job.state !== "failed" && job.state !== "sending") writeOn(job, owner);
}

/** What was not sent is written on, unless only another tab holds its files. @param {string} id @param {Owner} owner */
export function editFailed(id, owner) {
  const job = jobOf(owner.conversation()?.id ?? "", id);
  if (job?.state === "failed" && job.files.every(isHere)) writeOn(job, owner);
}

/** @param {Desk.JobFile} file */
const isHere = ({ file, attachment, saved }) => Boolean(file || attachment || saved);

/** Before what was begun meanwhile. @param {Desk.Job} job @param {Owner} owner */
function writeOn({ id, text, files, internal, reply_to }, { message, composer: find }) {
  const composer = find();
  if (!composer) return;
  drop(id);
  composer.forget(); // what was being changed keeps its own words
  const mode = internal ? "note" : "reply";
  composer.setMode(mode);
  if (reply_to) composer.replyTo(message(reply_to) ?? unknown(reply_to, mode));
  const field = composer.refs.text;
  field.value = [text, field.value].filter(Boolean).join("\n");
  composer.picker.files.unshift(...files.filter(isHere));
  composer.picker.draw();
  field.dispatchEvent(new Event("input"));
  composer.focus();
}
