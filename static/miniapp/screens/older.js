// @ts-check
/** Older messages that could not be loaded are asked for again: after a pause that grows, or at once by a press. */

const PAUSES_MS = [2_000, 5_000, 15_000, 60_000];

/** The failure that a visit waits after. @type {WeakMap<AbortSignal, unknown>} */
const waiting = new WeakMap();
/** How often the same page has failed. @type {WeakMap<Desk.Conversation, {page: string | null, times: number}>} */
const failures = new WeakMap();

/** To be called with each drawing. @param {Desk.Conversation} conversation @param {() => unknown} redraw @param {AbortSignal} signal */
export function waitForOlder(conversation, redraw, signal) {
  const { older, olderError } = conversation;
  if (!olderError || waiting.get(signal) === olderError) return;
  waiting.set(signal, olderError);
  const before = failures.get(conversation);
  const times = before?.page === older ? before.times + 1 : 0;
  failures.set(conversation, { page: older, times });
  if (!olderError.isPassing) return;
  const pause = Math.max(PAUSES_MS[Math.min(times, PAUSES_MS.length - 1)], olderError.retryAfter * 1000);
  setTimeout(() => conversation.olderError === olderError && !signal.aborted && askAgain(conversation, redraw), pause);
}

/** The button goes; the focus stays with the messages. @param {HTMLElement} button @param {Desk.Conversation | null} conversation @param {() => unknown} redraw */
export function pressOlder(button, conversation, redraw) {
  /** @type {HTMLElement | null} */ (button.closest("[tabindex]"))?.focus({ preventScroll: true });
  if (conversation) askAgain(conversation, redraw);
}

/** The drawing asks, where one is still near the beginning. @param {Desk.Conversation} conversation @param {() => unknown} redraw */
function askAgain(conversation, redraw) {
  conversation.olderError = null;
  redraw();
}
