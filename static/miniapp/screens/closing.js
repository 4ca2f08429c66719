// @ts-check
/** What a closed ticket says below its conversation, also to whom it is closed while they write, and of what it refused. */
import { say, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { draft } from "../data/drafts.js";
import { jobsOf } from "../data/outbox.js";
import { isStaff } from "../data/session.js";
import { conversations } from "../data/threads.js";
import { rows } from "../data/tickets.js";
import { pickedIn } from "./unfinished.js";

/** Visits in which one could write. @type {WeakSet<AbortSignal>} */
const open = new WeakSet();

/** @param {Record<string, any>} refs of the chat @param {Desk.Ticket} ticket @param {AbortSignal} signal */
export function drawClosed({ foot, subject }, { id, status, merged_into }, signal) {
  if (status !== "closed") return void open.add(signal);
  if (merged_into) return;
  const text = tellWaiting(foot, id);
  if (!text || !open.delete(signal)) return;
  say(text.textContent);
  const next = isStaff() ? subject : foot.querySelector("a");
  if (document.activeElement === document.body) next.focus({ preventScroll: true });
}

/** The foot says where what waits there goes. @param {HTMLElement} foot @param {string} ticket @returns {HTMLElement | null} its words */
export function tellWaiting(foot, ticket) {
  const text = /** @type {HTMLElement | null} */ (foot.querySelector(".closed-foot [data-ref=text]"));
  if (text) setText(text, t(`${isStaff() ? "staff_" : ""}closed_with_${waitingIn(ticket)}`));
  return text;
}

/** What this person has begun there, also what it refused of a customer's. @param {string} ticket @returns {"nothing" | "words" | "files" | "both"} */
function waitingIn(ticket) {
  const late = isStaff() ? [] : refusedIn(ticket);
  const drafts = ["reply", "note"].map((mode) => draft(`${ticket}.${mode}`));
  const words = [...drafts, changedIn(ticket), ...late.map(({ text }) => text)].some(Boolean);
  const files = pickedIn(ticket).length > 0 || late.some((job) => job.files.length);
  if (words && files) return "both";
  return words ? "words" : files ? "files" : "nothing";
}

/** @param {string} ticket */
export const refusedIn = (ticket) =>
  jobsOf(ticket).filter(({ state, error }) => state === "failed" && error === "ticket_closed");

/** The new words of a change that was begun. @param {string} ticket @returns {string} */
export function changedIn(ticket) {
  const edit = draft(`${ticket}.begun`)?.edit;
  const message = conversations.get(ticket)?.thread.messages.get(edit?.id);
  return edit && edit.text !== message?.text ? edit.text : "";
}

/** What a closed ticket refused can be copied, and sent only once it is open again. @param {string} id of the job @param {string} text @param {string} ticket */
export function offerCopy(id, text, ticket) {
  const failure = document.querySelector(`.message[data-id="${CSS.escape(id)}"] [data-ref=failure]`);
  const button = failure?.querySelector("[data-action=retry]");
  const reason = failure?.querySelector("[data-ref=reason]");
  if (!button || !reason) return;
  const closed = isClosed(ticket);
  button.toggleAttribute("hidden", closed && !text);
  setText(button, t(closed ? "copy_text" : "retry"));
  setText(reason, t(!closed ? "failed" : isStaff() ? "error_closed_for_staff" : "error_ticket_closed"));
}

/** @param {string} ticket */
export const isClosed = (ticket) => rows.get(ticket)?.status === "closed";
