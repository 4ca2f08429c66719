// @ts-check
/** Sends, and once that has arrived sets the ticket's status: by holding the button that sends, or by its keys; and the key of saved replies. For staff. */
import { t } from "../core/i18n.js";
import { hideKeyboard } from "../core/manners.js";
import { haptic } from "../core/telegram.js";
import { jobsOf, update } from "../data/outbox.js";
import { fetchTicket, rows } from "../data/tickets.js";
import { choose } from "../ui/sheet.js";
import { statusText } from "../ui/words.js";
import { carryOut, tellWhy, toOther } from "./ticket-actions.js";

const HELD_MS = 450;
/** @type {Desk.Status[]} */
const AFTERWARDS = ["resolved", "pending"];
/** @type {WeakSet<Desk.Composer>} */
const offered = new WeakSet();

/** @param {Desk.Composer} composer @param {string} ticket the ticket's id @param {AbortSignal} signal */
export function offerSendAnd(composer, ticket, signal) {
  if (offered.has(composer)) return;
  offered.add(composer);
  const { node, refs: { savedButton, send, text } } = composer;
  send.title = t("send_and_hint");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let held = false;
  const ask = async () => {
    clearTimeout(timer);
    if (held) return;
    held = true;
    haptic("light");
    const status = /** @type {Desk.Status | null} */ (await choose(
      t("send_and"),
      AFTERWARDS.map((value) => ({ value, label: statusText(value, true) })),
    ));
    held = false;
    if (status && !signal.aborted) sendAnd(composer, ticket, status);
  };
  send.addEventListener("pointerdown", (/** @type {PointerEvent} */ { button }) => {
    if (button === 0) timer = setTimeout(ask, HELD_MS);
  }, { signal });
  for (const name of ["pointerup", "pointerleave", "pointercancel"]) {
    send.addEventListener(name, () => clearTimeout(timer), { signal });
  }
  send.addEventListener("contextmenu", (/** @type {Event} */ event) => {
    event.preventDefault();
    ask();
  }, { signal });
  // the press that opened the sheet sends nothing by itself
  send.addEventListener("click", (/** @type {Event} */ event) => held && event.preventDefault(), { signal });
  node.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    // the key of the slash writes a point on a Russian layout: no message begins with one
    if (event.code === "Slash" && event.key === "." && event.target === text && !text.value) {
      event.preventDefault();
      savedButton.click();
    }
    if (event.key !== "Enter" || !event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    sendAnd(composer, ticket, "resolved");
  }, { signal, capture: true });
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
}

/** What is called back, refused or deleted meanwhile changes no status. @param {Desk.Composer} composer @param {string} ticket @param {Desk.Status} status */
function sendAnd(composer, ticket, status) {
  const before = new Set(jobsOf(ticket).map(({ id }) => id));
  composer.send();
  const job = jobsOf(ticket).find(({ id }) => !before.has(id));
  if (!job || rows.get(ticket)?.status === "closed") return; // there was nothing to send, or an edit to save; or a note alone
  hideKeyboard();
  update(job, { afterwards: { ticket, status } }); // kept with it, whichever page will send it
}

/**
 * The other half, once the message has arrived; rejects where only the network failed. Who has changed the status since keeps it.
 * @param {Desk.Job} job @param {number} sequence the message's
 */
export async function finish({ ticket, afterwards }, sequence) {
  if (afterwards?.ticket !== ticket) return; // it has gone into the ticket that this one was merged into
  try {
    if (!rows.has(ticket)) await fetchTicket(ticket);
    const wanted = toOther(ticket, afterwards.status);
    if (wanted) await carryOut(ticket, wanted, sequence);
  } catch (error) {
    const refused = /** @type {Desk.ApiError} */ (error);
    if (refused.isPassing) throw error;
    await tellWhy(ticket, refused);
  }
}
