// @ts-check
/** What a closed ticket says below its conversation, also to whom it is closed while they write, and of what it refused. */
import { say, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { go } from "../core/router.js";
import { draft } from "../data/drafts.js";
import { isStaff } from "../data/session.js";
import { rows } from "../data/tickets.js";

/** Visits in which one could write. @type {WeakSet<AbortSignal>} */
const open = new WeakSet();

/** @param {Record<string, any>} refs of the chat @param {Desk.Ticket} ticket @param {AbortSignal} signal */
export function drawClosed({ foot, subject }, { id, status, merged_into }, signal) {
  if (status !== "closed") return void open.add(signal);
  const text = foot.querySelector(".closed-foot [data-ref=text]");
  if (!text || merged_into) return;
  if (!isStaff() && draft(`${id}.reply`)) setText(text, t("closed_with_draft"));
  if (!open.delete(signal)) return;
  say(text.textContent);
  const next = isStaff() ? subject : foot.querySelector("a");
  if (document.activeElement === document.body) next.focus({ preventScroll: true });
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

/** What could not be sent goes into the form of a new ticket; without a network it stays. @param {Event} event of the link @param {string} ticket */
export async function goOnAnew(event, ticket) {
  event.preventDefault();
  await import("./taking-along.js").then((it) => it.takeAlong(ticket)).catch(() => {});
  go("new");
}

/** @param {string} ticket */
export const isClosed = (ticket) => rows.get(ticket)?.status === "closed";
