// @ts-check
/** The place of whoever reads above the newest messages while these are read anew. Comes with the first such reading. */
import { pageAround, showPage } from "./finding.js";

/**
 * Asks for what stands around the first message on the screen, unless the newest page holds it; resolves to what shows it
 * where it was, null where one reads at the end. Rejects where that page may come later.
 * @param {Desk.Conversation} conversation @param {Desk.Page<Desk.Message>} newest @param {HTMLElement} root of the chat
 * @param {{goTo: (id: string) => boolean, redraw: () => void, conversation: () => Desk.Conversation | null}} owner @param {AbortSignal} signal of the visit
 */
export async function keepPlace(conversation, newest, root, owner, signal) {
  const row = rowsOnScreen(root)[0];
  const { id = "", sequence } = row?.dataset ?? {};
  if (!row || conversation !== owner.conversation()) return null;
  const page = newest.results.some((message) => message.id === id) ? null : await pageOrNull(conversation.id, sequence);
  return () => {
    if (signal.aborted) return;
    const places = new Map(rowsOnScreen(root).map((one) => [one.dataset.id, one.getBoundingClientRect().bottom]));
    if (page) showPage(conversation, page, signal);
    owner.redraw();
    const kept = conversation.thread.list().find((message) => places.has(message.id));
    if (kept) stand(root, owner, kept.id, /** @type {number} */ (places.get(kept.id)));
  };
}

/** Null where the desk refuses it. @param {string} ticket @param {string | undefined} sequence @returns {Promise<any>} */
async function pageOrNull(ticket, sequence) {
  try {
    return await pageAround(ticket, sequence);
  } catch (error) {
    if (/** @type {Desk.ApiError} */ (error).isPassing) throw error;
    return null;
  }
}

/** The messages on the screen that the desk knows, none at the end. @param {HTMLElement} root @returns {HTMLElement[]} */
function rowsOnScreen(root) {
  const scroll = root.querySelector(".messages-scroll");
  const jump = /** @type {HTMLElement | null} */ (root.querySelector(".jump"));
  if (!scroll || !jump || jump.hidden) return [];
  const { top, bottom } = scroll.getBoundingClientRect();
  const rows = /** @type {NodeListOf<HTMLElement>} */ (scroll.querySelectorAll(".message"));
  return [...rows].filter((row) => {
    const box = row.getBoundingClientRect();
    return box.bottom > top && box.top < bottom && Number.isFinite(Number(row.dataset.sequence));
  });
}

/** Brings a message to where it ended before, without a light. @param {HTMLElement} root @param {{goTo: (id: string) => boolean}} owner @param {string} id @param {number} bottom */
function stand(root, owner, id, bottom) {
  if (!owner.goTo(id)) return;
  const scroll = root.querySelector(".messages-scroll");
  const row = root.querySelector(`.message[data-id="${CSS.escape(id)}"]`);
  if (!scroll || !row) return;
  scroll.scrollTop += row.getBoundingClientRect().bottom - bottom;
  requestAnimationFrame(() => row.classList.remove("is-found"));
}
