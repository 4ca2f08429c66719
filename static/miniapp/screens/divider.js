// @ts-check
/** Where the new messages of a ticket begin. */
import { session } from "../data/session.js";

/**
 * The divider stands where reading had ended when the ticket was opened, and stays there until it is opened again. What
 * came while it was closed is perhaps not there with the first drawing. To be called with each one.
 * @param {Desk.Opening} chat
 * @param {Desk.Conversation} conversation
 */
export function divide(chat, { thread }) {
  const { unread, read_sequence = 0, sequence = 0 } = chat.row;
  const messages = thread.list();
  if (chat.seeking === undefined) {
    chat.seeking = Boolean(unread);
    chat.announced = messages.at(-1)?.sequence ?? 0;
  }
  if (!chat.seeking) return;
  const first = messages.find((one) => one.sequence > read_sequence && one.author?.id !== session.me.id);
  if (first) chat.list.divideAt(first.id);
  chat.seeking = !first && thread.sequence < sequence;
}
