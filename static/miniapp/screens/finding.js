// @ts-check
/**
 * The way to a message that is not loaded, however far above, or to where reading had ended: the page around it is shown
 * instead of the newest messages (screens/far-messages.js). Comes when it is needed.
 */
import { byId, clone, say, toast } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { ApiError, request } from "../data/api.js";
import { beginOfNewest, isFar, showPart } from "../data/far-part.js";
import { session } from "../data/session.js";
import { keepPart, leaveFar, why } from "./far-messages.js";

const PAGE = 40;
const TRIES = 3; // while events come in between
const UNTIL_SIGN_MS = 400;

/**
 * @typedef {{goTo: (id: string) => boolean, conversation: () => Desk.Conversation | null, redraw: () => void}} Owner
 *   `goTo`: false where the message is not loaded
 */

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
    if (!isOn()) return;
    owner.redraw(); // what waited for it
    toast(why(error, "message_not_found"));
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
  const { ticket, sequence } = await request("GET", `messages/${id}/`, { signal });
  if (ticket !== conversation.id) throw new ApiError(404);
  await showAround(sequence, conversation, isOn, signal);
}

/** Where it is not loaded. @param {number} sequence @param {Desk.Conversation} conversation @param {() => boolean} isOn @param {AbortSignal} signal */
async function showAround(sequence, conversation, isOn, signal) {
  const { id, thread } = conversation;
  for (let tries = 0; tries < TRIES && isOn() && sequence < beginOfNewest(thread); tries++) {
    const page = await pageAround(id, sequence, signal);
    if (!isOn()) return;
    leaveFar(conversation);
    if (showPage(conversation, page, signal)) return;
  }
}

/** The page around a message. Rejects with ApiError. @param {string} ticket @param {number | string | undefined} sequence @param {AbortSignal} [signal] */
export const pageAround = (ticket, sequence, signal) =>
  request("GET", `tickets/${ticket}/messages/?around=${sequence}&limit=${PAGE}`, { signal });

/** Shows such a page instead of the newest ones; false, and nothing is shown, if it was read too early. @param {Desk.Conversation} conversation @param {any} page @param {AbortSignal} signal of the visit: ends it */
export function showPage(conversation, page, signal) {
  const { thread, older } = conversation;
  if (!showPart(thread, page)) return false;
  conversation.older = page.previous;
  conversation.olderError = null;
  if (isFar(thread)) keepPart(conversation, page.next, older, signal);
  return true;
}

/**
 * Where reading had ended: the first unread message above what is loaded. Where the way is barred it says why.
 * @param {Desk.Opening & Desk.Visit} chat @param {() => boolean} isOn whether it is still looked for
 */
export async function findUnread(chat, isOn) {
  const { conversation, row: { read_sequence = 0 }, list, signal } = chat;
  try {
    await showAround(read_sequence, conversation, isOn, signal);
  } catch (error) {
    if (!signal.aborted && isOn()) toast(why(error));
  }
  const messages = conversation.thread.list();
  const first = messages.find(({ sequence, author }) => sequence > read_sequence && author?.id !== session.me.id);
  if (first && isOn() && (!conversation.older || messages[0].sequence <= read_sequence)) list.divideAt(first.id);
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
