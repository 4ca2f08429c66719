// @ts-check
/** The conversations that are or were open: their pages, what the socket adds, and asking for what it lost. */
import { touch } from "../core/store.js";
import { ApiError, request } from "./api.js";
import { noteServerTime } from "./session.js";
import { follow, isLive, onFrame, subscribe, unfollow } from "./socket.js";
import { Thread } from "./thread.js";
import { drop, fetchTicket, rows, setRead, upsert } from "./tickets.js";

const PAGE = 40;
const KEPT = 20;
const ASK_AGAIN_MS = [500, 2_000, 5_000, 15_000];
const AGAIN_MS = 5_000;
/** For the place of whoever reads further up; then the newest page is shown without. */
const KEEP_MS = 15_000;
const EVENTS = [
  "message_new",
  "message_edited",
  "message_deleted",
  "message_delivery",
  "ticket_created",
  "ticket_updated",
  "ticket_status_changed",
  "ticket_assigned",
];

/** @type {Map<string, Desk.Conversation>} */
export const conversations = new Map();

/**
 * Called with the newest page before it takes the place of what stands there: resolves to what then shows again where one
 * was reading (screens/keeping.js).
 * @type {{keep: ((conversation: Desk.Conversation, page: Desk.Page<Desk.Message>) => Promise<(() => void) | null | void>) | null}}
 */
export const anew = { keep: null };

/** Opens a ticket's conversation; what is known of it is there at once. @param {string} id */
export function openConversation(id) {
  const conversation = conversations.get(id) ?? create(id);
  // the one used last is the last to be forgotten
  conversations.delete(id);
  conversations.set(id, conversation);
  for (const [old, { open }] of conversations) if (conversations.size > KEPT && !open) conversations.delete(old);
  conversation.open = true;
  // first listen, then read: what happens in between waits in the thread
  follow(id, () => conversation.thread.sequence);
  if (conversation.thread.stale) loadNewest(conversation);
  else if (!isLive()) askAnew(conversation);
  return conversation;
}

/** @param {Desk.Conversation} conversation */
export function closeConversation(conversation) {
  conversation.open = false;
  unfollow(conversation.id);
}

/** @param {string} id @returns {Desk.Conversation} */
function create(id) {
  /** @type {Desk.Conversation} */
  const conversation = {
    id,
    thread: new Thread({ askAfter: (sequence) => askEvents(conversation, sequence), onTicket: upsert }),
    open: false,
    older: null,
    loading: false,
    loadingOlder: false,
    olderError: null,
    error: null,
    reads: new Map(),
    readSent: 0,
  };
  return conversation;
}

/** The newest page. @param {Desk.Conversation} conversation */
export async function loadNewest(conversation) {
  if (conversation.loading) return;
  const { id, thread } = conversation;
  conversation.loading = true;
  conversation.error = null;
  changed(conversation);
  try {
    const page = await request("GET", `tickets/${id}/messages/?limit=${PAGE}`);
    const show = thread.sequence < 0 ? null : await Promise.race([
      anew.keep?.(conversation, page),
      new Promise((/** @type {(value: null) => void} */ resume) => setTimeout(resume, KEEP_MS, null)),
    ]);
    if (thread.loadSnapshot(page.results, page.sequence)) {
      conversation.older = page.previous;
      show?.();
    }
    // now with the sequence: nothing is missed in between
    if (conversation.open) subscribe(id);
    if ((rows.get(id)?.sequence ?? -1) < page.sequence) await fetchTicket(id);
  } catch (error) {
    conversation.error = /** @type {ApiError} */ (error);
    if (conversation.error.status === 404) drop(id);
    // what stood there is no longer continued: until it is read anew, unless another way has led to that
    else if (conversation.open && thread.stale && thread.sequence >= 0) {
      setTimeout(() => loadStale(conversation), AGAIN_MS);
    }
    if (!(error instanceof ApiError)) throw error;
  } finally {
    conversation.loading = false;
    changed(conversation);
  }
}

/** @param {Desk.Conversation} conversation */
function loadStale(conversation) {
  if (conversation.open && conversation.thread.stale) loadNewest(conversation);
}

/**
 * The events after a sequence, asked until an answer comes.
 * @param {Desk.Conversation} conversation
 * @param {number} sequence
 */
async function askEvents(conversation, sequence, attempt = 0) {
  const { thread, id } = conversation;
  let answer;
  try {
    answer = await request("GET", `tickets/${id}/events/?after=${sequence}`);
  } catch (error) {
    const { status, isPassing } = /** @type {ApiError} */ (error);
    if (status === 404) drop(id); // it has left this person's sight
    if (!isPassing || !conversation.open) return thread.askFailed();
    const wait = ASK_AGAIN_MS[Math.min(attempt, ASK_AGAIN_MS.length - 1)];
    setTimeout(() => askEvents(conversation, thread.sequence, attempt + 1), wait);
    return;
  }
  if (answer.reset) startAgain(conversation);
  else thread.loadEvents(answer.events, answer.sequence);
  changed(conversation);
}

/** @param {Desk.Conversation} conversation */
function startAgain(conversation) {
  conversation.thread.reset();
  loadNewest(conversation);
}

/** Our own message, as the API answered it. @param {Desk.Message} message */
export function acknowledge(message) {
  const conversation = conversations.get(message.ticket);
  conversation?.thread.acknowledge(message);
  if (conversation) changed(conversation);
}

/** @param {string} ticket @param {string} id */
export const isConfirmed = (ticket, id) => conversations.get(ticket)?.thread.messages.has(id) ?? false;

/** The ticket has come to this sequence, says an answer: what is missing is asked for. @param {string} ticket @param {number} sequence */
export const noticeSequence = (ticket, sequence) => conversations.get(ticket)?.thread.notice(sequence);

/** @param {Desk.Conversation} conversation */
function changed({ id }) {
  touch(`thread:${id}`);
}

/** @param {Desk.Frame} frame @param {(conversation: Desk.Conversation) => void} run */
function withConversation(frame, run) {
  const conversation = conversations.get(frame.ticket ?? "");
  if (!conversation) return;
  run(conversation);
  changed(conversation);
}

/** Takes what the socket says from now on. */
export function followThreads() {
  for (const type of EVENTS) {
    onFrame(type, (frame) => withConversation(frame, ({ thread }) => thread.apply(/** @type {Desk.Event} */ (frame))));
  }
  onFrame("resumed", (frame) =>
    withConversation(frame, ({ thread }) => {
      if (thread.sequence >= 0) thread.loadEvents(frame.data.events, frame.sequence ?? -1);
    }));
  onFrame("reset", (frame) => withConversation(frame, startAgain));
  onFrame("message_read", (frame) => {
    const { user, sequence, unread } = frame.data;
    // this person's, here or in another tab
    if (unread >= 0) setRead(frame.ticket ?? "", unread, sequence);
    withConversation(frame, ({ reads }) => {
      reads.set(user.id, { person: user, sequence: Math.max(reads.get(user.id)?.sequence ?? 0, sequence) });
    });
  });
  onFrame("heartbeat", (frame) => {
    noteServerTime(frame.data.server_time);
    for (const [id, sequence] of Object.entries(frame.data.tickets ?? {})) {
      conversations.get(id)?.thread.notice(Number(sequence));
    }
  });
  onFrame("live", () => {
    for (const conversation of conversations.values()) {
      if (conversation.open && conversation.error) loadNewest(conversation);
    }
  });
}

/** What has happened since, as far as nothing tells of it. @param {Desk.Conversation} conversation */
export const askAnew = ({ thread }) => thread.notice(thread.sequence + 1);
