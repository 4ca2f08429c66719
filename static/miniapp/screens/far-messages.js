// @ts-check
/**
 * A part of a conversation far above its newest messages, shown instead of them (screens/finding.js): reading on adds the
 * pages that follow until they are joined; the button to the end, and leaving, drop that part.
 */
import { toast } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { request } from "../data/api.js";
import { addNewer, isFar, leavePart } from "../data/far-part.js";

const AGAIN_MS = 5_000; // after a page that did not come

/** What lies below the shown part, and what lay above the newest one. @typedef {{newer: string, older: string | null, asking: boolean, told: boolean}} Part */
/** @type {WeakMap<Desk.Conversation, Part>} */
const parts = new WeakMap();

/** A page has been shown; `older` lay above the newest one. @param {Desk.Conversation} conversation @param {string} newer @param {string | null} older @param {AbortSignal} signal of the visit: ends it */
export function keepPart(conversation, newer, older, signal) {
  parts.set(conversation, { newer, older, asking: false, told: false });
  signal.addEventListener("abort", () => leaveFar(conversation), { once: true });
}

/** The next page below the shown part; one that does not come is asked for again. @param {Desk.Conversation} conversation @param {() => void} redraw @param {AbortSignal} signal */
export async function loadNewer(conversation, redraw, signal) {
  const part = parts.get(conversation);
  if (!part || part.asking) return;
  part.asking = true;
  const again = () => {
    part.asking = false;
    redraw();
  };
  try {
    const page = await request("GET", part.newer, { signal });
    if (parts.get(conversation) !== part || !isFar(conversation.thread)) return;
    if (addNewer(conversation.thread, page)) part.newer = page.next;
    part.told = false;
    again();
  } catch (error) {
    if (signal.aborted) return;
    if (!part.told) toast(why(error));
    part.told = true;
    setTimeout(again, AGAIN_MS);
  }
}

/** Back to the newest messages; false where these are shown. @param {Desk.Conversation} conversation */
export function leaveFar(conversation) {
  const part = parts.get(conversation);
  parts.delete(conversation);
  if (!part || !isFar(conversation.thread)) return false; // joined, or read anew
  leavePart(conversation.thread);
  conversation.older = part.older;
  conversation.olderError = null;
  return true;
}

/** @param {unknown} error @param {string} [gone] what is said of an answer that it is not there */
export function why(error, gone = "error_unexpected") {
  const { status, message } = /** @type {Desk.ApiError} */ (error);
  return status === 404 ? t(gone) : message || t(status ? "error_unexpected" : "error_network");
}
