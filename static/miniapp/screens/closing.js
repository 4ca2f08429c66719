// @ts-check
/** What a closed ticket says below its conversation, also to whom it is closed while they write, and of what it refused. */
import { say, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { draft } from "../data/drafts.js";
import { isStaff } from "../data/session.js";

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

/** What a closed ticket refused can be copied, not sent. @param {string} id @param {string} text */
export function offerCopy(id, text) {
  const button = document.querySelector(`.message[data-id="${CSS.escape(id)}"] [data-action=retry]`);
  button?.toggleAttribute("hidden", !text);
  if (button) setText(button, t("copy_text"));
}
