// @ts-check
/** What a closed ticket says below its conversation, also to whom it is closed while they write, and of what it refused. */
import { say, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { draft } from "../data/drafts.js";
import { jobsOf } from "../data/outbox.js";
import { isStaff } from "../data/session.js";
import { conversations } from "../data/threads.js";
import { rows } from "../data/tickets.js";
import { pickedIn } from "./picked-files.js";

/** Visits in which one could write. @type {WeakSet<AbortSignal>} */
const open = new WeakSet();

/** @param {Record<string, any>} refs of the chat @param {Desk.Ticket} ticket @param {AbortSignal} signal */
export function drawClosed({ foot, subject }, { id, status, merged_into }, signal) {
  if (status !== "closed") return void open.add(signal);
  if (isStaff()) foot.querySelector("[data-ref=again]")?.remove(); // a new ticket is for customers
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
  const answer = draft(`${ticket}.reply`);
  if (isStaff()) return answer ? "words" : "nothing"; // all else stands in the field
  const late = refusedIn(ticket);
  const words = [answer, changedIn(ticket), ...late.map(({ text }) => text)].some(Boolean);
  const files = pickedIn(ticket).files.length > 0 || late.some((job) => job.files.length);
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

/** What can be done with a message that was not sent: in a closed ticket an answer can be copied, and sent only once that is open again. @param {Desk.Job} job @param {boolean} [elsewhere] whether another tab has it */
export function offerWays({ id, text, error, ticket, files, internal }, elsewhere = false) {
  const failure = document.querySelector(`.message[data-id="${CSS.escape(id)}"] [data-ref=failure]`);
  const reason = failure?.querySelector("[data-ref=reason]");
  if (!failure || !reason) return;
  const closed = isClosed(ticket);
  const refused = error === "ticket_closed";
  const there = elsewhere && files.some(({ attachment, saved }) => !attachment && !saved); // its files are in the other tab
  const hide = (/** @type {string} */ action, /** @type {boolean} */ hidden) =>
    failure.querySelector(`[data-action=${action}]`)?.toggleAttribute("hidden", hidden);
  const merged = error === "ticket_merged" || Boolean(rows.get(ticket)?.merged_into);
  hide("retry", (closed && refused) || error === "ticket_merged");
  hide("editFailed", there || merged || (closed && !internal));
  hide("copyFailed", !text);
  if (!refused) return;
  setText(reason, t(!closed ? "failed" : isStaff() ? "error_closed_for_staff" : "error_ticket_closed"));
}

/** @param {string} ticket */
export const isClosed = (ticket) => rows.get(ticket)?.status === "closed";
