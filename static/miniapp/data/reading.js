// @ts-check
/** How far a conversation was read: by this person, which the desk is told, and by the others. Comes beside the conversation. */
import { touch } from "../core/store.js";
import { onVisibility } from "../core/telegram.js";
import { request } from "./api.js";
import { isFar } from "./far-part.js";
import { session } from "./session.js";
import { rows, setRead, unsure } from "./tickets.js";

/** What is seen within it is told by one request. */
const MOMENT_MS = 200;

/** Those of which the desk is still to be told. @type {Map<Desk.Conversation, ReturnType<typeof setTimeout>>} */
const untold = new Map();

onVisibility(tellRead);
addEventListener("pagehide", tellRead);

/** Everything up to the sequence has been seen. Never goes back. @param {Desk.Conversation} conversation @param {number} sequence */
export function markRead(conversation, sequence) {
  const { id, thread } = conversation;
  if (sequence <= conversation.readSent || sequence === Infinity) return;
  conversation.readSent = sequence;
  if (!untold.has(conversation)) untold.set(conversation, setTimeout(() => tell(conversation), MOMENT_MS));
  const { unread = 0, read_sequence = 0 } = rows.get(id) ?? {};
  let [left, seen] = [0, 0];
  for (const message of thread.messages.values()) {
    if (message.author?.id === session.me.id) continue;
    if (message.sequence > sequence) left++;
    else if (message.sequence > read_sequence) seen++;
  }
  // how many stand between the shown part and the newest one is not known here
  setRead(id, isFar(thread) ? Math.max(left, unread - seen) : left, sequence);
}

/** At once, where a conversation or the page is left. */
export function tellRead() {
  for (const conversation of [...untold.keys()]) tell(conversation);
}

/** @param {Desk.Conversation} conversation */
async function tell(conversation) {
  clearTimeout(untold.get(conversation));
  untold.delete(conversation);
  const { id, readSent: sequence } = conversation;
  try {
    await request("POST", `tickets/${id}/read/`, { body: { sequence }, keepalive: true });
    if ((rows.get(id)?.read_sequence ?? 0) >= sequence) return;
    // an answer that the desk gave before has taken it back
  } catch {
    // the next row that is seen tells it again
    if (conversation.readSent === sequence) conversation.readSent = 0;
  }
  unsure.add(id);
  touch("tickets");
}

/** How far the other side has read: the customer for staff, any of the staff for the customer. Who answers has read what stands above. @param {Desk.Conversation} conversation */
export function readByOthers({ reads, thread }) {
  const isOther = (/** @type {Desk.Person} */ { role }) => (role === "customer") !== (session.me.role === "customer");
  let read = 0;
  for (const { person, sequence } of reads.values()) if (isOther(person)) read = Math.max(read, sequence);
  for (const { author, internal, sequence } of thread.messages.values()) {
    if (author && !internal && isOther(author)) read = Math.max(read, sequence);
  }
  return read;
}
