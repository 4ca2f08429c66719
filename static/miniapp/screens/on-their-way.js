// @ts-check
/** What is on its way from any tab of this person: each shows it, and its own does with it what is asked in another one. */
import { elsewhere, jobsElsewhere, tell } from "../data/other-tabs.js";
import { jobsOf } from "../data/outbox.js";
import { discard, retry } from "../data/resending.js";
import { session } from "../data/session.js";
import { withJobs } from "../data/thread.js";

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

/**
 * What waited to be sent is written on, before what was begun meanwhile.
 * @param {string} id
 * @param {{job: (id: string) => Desk.Job | undefined, message: (id: string) => Desk.Message | undefined, composer: () => Desk.Composer | null | undefined}} owner
 */
export function callBack(id, owner) {
  const job = owner.job(id);
  const composer = owner.composer();
  if (!job || job.state === "failed" || job.state === "sending" || !composer) return;
  discard(id);
  composer.forget(); // what was being changed keeps its own words
  composer.setMode(job.internal ? "note" : "reply");
  const answered = owner.message(job.reply_to ?? "");
  if (answered) composer.replyTo(answered);
  const { text } = composer.refs;
  text.value = [job.text, text.value].filter(Boolean).join("\n");
  composer.picker.files.unshift(...job.files);
  composer.picker.draw();
  text.dispatchEvent(new Event("input"));
  composer.focus();
}
