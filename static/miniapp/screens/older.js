// @ts-check
/** What could not be loaded of messages or of a list is asked for again: after a pause that grows, or at once by a press. */
import { touch } from "../core/store.js";
import { ApiError, request } from "../data/api.js";
import { fillList, loadMore } from "../data/tickets.js";

const PAUSES_MS = [2_000, 5_000, 15_000, 60_000];
/** How much longer a pause may be, so that not everybody asks at the same moment. */
const JITTER = 0.25;

/** The failure that a visit, or a list, waits after. @type {WeakMap<object, unknown>} */
const waiting = new WeakMap();
/** How often the same page has failed. @type {WeakMap<object, {page: string | null, times: number}>} */
const failures = new WeakMap();

/** Milliseconds until the next try, 0 where none would help. @param {object} owner @param {string | null} page @param {Desk.ApiError} error */
function pauseOf(owner, page, error) {
  const before = failures.get(owner);
  const times = before?.page === page ? before.times + 1 : 0;
  failures.set(owner, { page, times });
  const pause = PAUSES_MS[Math.min(times, PAUSES_MS.length - 1)] * (1 + JITTER * Math.random());
  return error.isPassing && Math.max(pause, error.retryAfter * 1000);
}

/** To be called with each drawing. @param {Desk.Conversation} conversation @param {() => unknown} redraw @param {AbortSignal} signal */
export function waitForOlder(conversation, redraw, signal) {
  const { older, olderError } = conversation;
  if (!olderError || waiting.get(signal) === olderError) return;
  waiting.set(signal, olderError);
  const pause = pauseOf(conversation, older, olderError);
  const again = () => conversation.olderError === olderError && !signal.aborted && askAgain(conversation, redraw);
  if (pause) setTimeout(again, pause);
}

/** To be called with each drawing. @param {Desk.List} list */
export function waitForPage(list) {
  const { stuck } = list;
  if (!stuck || waiting.get(list) === stuck) return;
  waiting.set(list, stuck);
  const pause = pauseOf(list, list.next, stuck);
  if (pause) setTimeout(() => list.stuck === stuck && loadMore(list.key, true), pause);
}

/** The first page, while the list is drawn: once it is not, whoever opens it asks. To be called with each drawing. @param {Desk.List} list */
export function waitForList(list) {
  const { late } = list;
  if (!(late instanceof ApiError) || waiting.get(list) === late) return;
  waiting.set(list, late);
  const pause = pauseOf(list, "", late);
  if (pause) setTimeout(() => list.late === late && askQuietly(list), pause);
}

/** What is said of the failure stays there until there is an answer. @param {Desk.List} list */
async function askQuietly(list) {
  const { late } = list;
  /** @type {unknown} */
  let found = null;
  try {
    found = await request("GET", `tickets/?${new URLSearchParams(list.query)}`);
  } catch (error) {
    found = error;
  }
  if (list.late !== late || list.state === "loading") return; // a press was faster
  if (found instanceof ApiError) list.late = found;
  else fillList(list.key, /** @type {Desk.Page<Desk.Ticket>} */ (found));
  touch("tickets");
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
