// @ts-check
/**
 * The way to a message that is not loaded, however far above: the page around it is shown instead of the newest messages.
 * Reading on adds the pages that follow until they are joined; the button to the end, and leaving, drop that part.
 */
import { byId, clone, say, toast } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { ApiError, request } from "../data/api.js";
import { addNewer, beginOfNewest, isFar, leavePart, showPart } from "../data/far-part.js";

const PAGE = 40;
const TRIES = 3; // while events come in between
const UNTIL_SIGN_MS = 400;
const AGAIN_MS = 5_000; // after a page that did not come

/**
 * @typedef {{goTo: (id: string) => boolean, conversation: () => Desk.Conversation | null, redraw: () => void}} Owner
 *   `goTo`: false where the message is not loaded
 */

/** What lies below the shown part, and what lay above the newest one. @typedef {{newer: string, older: string | null, asking: boolean, told: boolean}} Part */
/** @type {WeakMap<Desk.Conversation, Part>} */
const parts = new WeakMap();
/** The message that is looked for last; it ends the others. @type {WeakMap<Desk.Conversation, object>} */
const searches = new WeakMap();

/** Shows the message, or says why not. @param {string} id @param {Owner} owner @param {AbortSignal} signal of the visit: ends it */
export async function goTo(id, owner, signal) {
  const conversation = owner.conversation();
  if (!conversation) return;
  const search = {};
  searches.set(conversation, search);
  if (owner.goTo(id)) return;
  const isOn = () => !signal.aborted && searches.get(conversation) === search;
  const endSign = showSign();
  try {
    if (conversation.thread.messages.has(id)) leaveFar(conversation);
    else await find(id, conversation, isOn, signal);
  } catch (error) {
    if (isOn()) toast(why(error, "message_not_found"));
    return;
  } finally {
    endSign();
  }
  if (!isOn()) return;
  owner.redraw();
  if (!owner.goTo(id)) toast(t("message_not_found"));
}

/** @param {string} id @param {Desk.Conversation} conversation @param {() => boolean} isOn @param {AbortSignal} signal */
async function find(id, conversation, isOn, signal) {
  const { thread } = conversation;
  const { ticket, sequence } = await request("GET", `messages/${id}/`, { signal });
  if (ticket !== conversation.id) throw new ApiError(404);
  for (let tries = 0; tries < TRIES && isOn() && sequence < beginOfNewest(thread); tries++) {
    const page = await request("GET", `tickets/${ticket}/messages/?around=${sequence}&limit=${PAGE}`, { signal });
    if (!isOn()) return;
    leaveFar(conversation);
    const { older } = conversation;
    if (!showPart(thread, page)) continue;
    conversation.older = page.previous;
    conversation.olderError = null;
    if (!isFar(thread)) return;
    parts.set(conversation, { newer: page.next, older, asking: false, told: false });
    return signal.addEventListener("abort", () => leaveFar(conversation), { once: true });
  }
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

/** That it takes a while; returns what ends it. */
function showSign() {
  /** @type {HTMLElement | undefined} */
  let sign;
  const timer = setTimeout(() => {
    const { node, refs } = clone("toast");
    sign = node;
    refs.text.textContent = t("message_wanted");
    byId("toast").replaceChildren(node);
    say(t("message_wanted"));
  }, UNTIL_SIGN_MS);
  return () => {
    clearTimeout(timer);
    sign?.remove();
  };
}

/** @param {unknown} error @param {string} [gone] */
function why(error, gone = "error_unexpected") {
  const { status, message } = /** @type {ApiError} */ (error);
  return status === 404 ? t(gone) : message || t(status ? "error_unexpected" : "error_network");
}
