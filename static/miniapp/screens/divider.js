// @ts-check
/** Where a conversation begins to be read: at its end, at its new messages, or at one that was looked for. */
import { clone, toast } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { orTell } from "../core/store.js";
import { isFar } from "../data/far-part.js";
import { session } from "../data/session.js";

/** Visits that are led elsewhere, of which nothing is drawn until then; false: no more. @type {WeakMap<AbortSignal, boolean>} */
const led = new WeakMap();

/**
 * The divider stands where reading had ended when the ticket was opened, and stays there until it is opened again. What
 * came while it was closed is perhaps not there with the first drawing. To be called with each one. Where what is unread
 * begins above what is loaded, the view begins there: true while it is on its way. Who has read nothing of so long a
 * conversation begins at its end, without a divider, where a colleague is among those who wrote last: it is known to them.
 * @param {Desk.Opening & Desk.Visit} chat
 */
export function divide(chat) {
  const { unread, read_sequence = 0, sequence = 0 } = chat.row;
  const { thread, older } = chat.conversation;
  const messages = thread.list();
  if (chat.seeking === undefined) {
    chat.seeking = Boolean(unread);
    chat.announced = messages.at(-1)?.sequence ?? 0;
  }
  if (chat.seeking && !isFar(thread)) {
    const first = messages.find((one) => one.sequence > read_sequence && one.author?.id !== session.me.id);
    chat.seeking = !first && thread.sequence < sequence;
    if (first && (!older || messages[0].sequence <= read_sequence + 1)) chat.list.divideAt(first.id);
    else if (first && (read_sequence || !messages.some(isOfStaff)) && !led.has(chat.signal)) lead(chat);
  }
  if (!led.get(chat.signal)) return false;
  chat.refs.state.dataset.state = "loading";
  chat.refs.state.replaceChildren(clone("chat-loading").node);
  return true;
}

/** @param {Desk.Message} message */
const isOfStaff = ({ author }) => author && author.role !== "customer";

/** @param {Desk.Opening & Desk.Visit} chat */
async function lead(chat) {
  led.set(chat.signal, true);
  const finding = await import("./finding.js").catch(orTell);
  await finding?.findUnread(chat, () => Boolean(led.get(chat.signal)));
  if (endLead(chat.signal)) chat.redraw();
}

/** One goes another way, also where this one has not begun yet; whether it was begun. @param {AbortSignal} signal of the visit */
export function endLead(signal) {
  const was = led.get(signal);
  led.set(signal, false);
  return was;
}

/** Shows the message, or says why not. @param {string} id @param {Desk.Finder} owner @param {AbortSignal} signal of the visit */
export async function goTo(id, owner, signal) {
  endLead(signal);
  const finding = await import("./finding.js").catch(orTell);
  if (finding) return finding.goTo(id, owner, signal);
  owner.redraw();
  if (!owner.goTo(id)) toast(t("error_network"));
}
