// @ts-check
/** What this person should know: the newest first, kept up to date by the socket. */
import { touch } from "../core/store.js";
import { request } from "./api.js";
import { onTold, tell } from "./other-tabs.js";

/**
 * `unread` counts those that are not loaded too; `next`: the address of what is older.
 * @type {{list: Desk.Notification[], unread: number, next: string | null, state: "loading" | "ready" | "failed"}}
 */
export const notifications = { list: [], unread: 0, next: null, state: "loading" };

/** @type {Promise<void> | null} */
let asking = null;

/**
 * The newest ones anew; what is shown stays until they are there. Asked once at a time.
 * @param {boolean} [after] also after an answer that is on its way: it may have been read before
 * @returns {Promise<void>}
 */
export function loadNotifications(after = false) {
  if (after && asking) return asking.then(() => loadNotifications());
  return asking ??= load().finally(() => {
    asking = null;
  });
}

async function load() {
  if (notifications.state === "failed") set({ state: "loading" });
  try {
    const { results, next, unread } = await request("GET", "notifications/");
    // the socket may have told of newer ones meanwhile
    const newest = results[0]?.created_at ?? "";
    const fresh = notifications.list.filter(({ created_at }) => created_at > newest);
    const more = fresh.filter(({ read_at }) => !read_at).length;
    set({ list: [...fresh, ...results], next, unread: unread + more, state: "ready" });
  } catch {
    set({ state: notifications.list.length ? "ready" : "failed" });
  }
}

/** One page further back. Raises ApiError. */
export async function loadEarlier() {
  if (!notifications.next) return;
  const { results, next } = await request("GET", notifications.next);
  const known = new Set(notifications.list.map(({ id }) => id));
  const fresh = results.filter((/** @type {Desk.Notification} */ { id }) => !known.has(id));
  set({ list: [...notifications.list, ...fresh], next });
}

/** A new one, from the socket, which may tell it twice. It may stand for earlier ones of its ticket, too. @param {Desk.Notification} one */
export function addNotification(one) {
  const { list, unread } = notifications;
  if (list.some(({ id }) => id === one.id)) return;
  const alike = list.filter(({ kind, ticket }) => kind === one.kind && ticket.id === one.ticket.id);
  const former = one.count > 1 ? alike.filter(({ read_at }) => !read_at) : [];
  // where none like it is loaded, the one that it stands for is further back
  const isCounted = former.length > 0 || (one.count > 1 && !alike.length);
  set({ list: [one, ...list.filter((other) => !former.includes(other))], unread: unread + (isCounted ? 0 : 1) });
}

/** Shown at once; where it is refused, they stand there as they were. Raises ApiError. @param {string[] | null} ids null: all */
export async function markRead(ids) {
  const { list, unread } = notifications;
  const due = list.filter(({ id, read_at }) => !read_at && (!ids || ids.includes(id)));
  if (ids && !due.length) return;
  const read_at = new Date().toISOString();
  const read = { ids: ids && due.map(({ id }) => id), read_at };
  note({ ...read, unread: ids ? Math.max(0, unread - due.length) : 0 });
  try {
    const answer = await request("POST", "notifications/read/", { body: { ids: read.ids } });
    set(answer);
    tell("read", { ...read, unread: answer.unread });
  } catch (error) {
    set({ list: notifications.list.map((one) => due.find(({ id }) => id === one.id) ?? one), unread });
    throw error;
  }
}

/** What is read in another tab of this person is read here. From now on. */
export const followReading = () => onTold("read", note);

/** @param {{ids: string[] | null, read_at: string, unread: number}} read `ids` null: all */
function note({ ids, read_at, unread }) {
  const list = notifications.list.map((one) =>
    one.read_at || (ids && !ids.includes(one.id)) ? one : { ...one, read_at }
  );
  set({ list, unread });
}

/** @param {Partial<typeof notifications>} change */
function set(change) {
  Object.assign(notifications, change);
  touch("notifications");
}
