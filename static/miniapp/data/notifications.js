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
    // the socket may have told of newer ones meanwhile, and of how many are unread with them
    const newest = results[0]?.created_at ?? "";
    const fresh = notifications.list.filter(({ created_at }) => created_at > newest);
    const list = [...fresh, ...results.filter((/** @type {Desk.Notification} */ one) => !isToldOf(one, fresh))];
    set({ list, next, unread: fresh.length ? notifications.unread : unread, state: "ready" });
  } catch {
    set({ state: notifications.list.length ? "ready" : "failed" });
  }
}

/** One page further back. Raises ApiError. */
export async function loadEarlier() {
  if (!notifications.next) return;
  const { results, next } = await request("GET", notifications.next);
  const known = new Set(notifications.list.map(({ id }) => id));
  const { list } = notifications;
  const fresh = results.filter((/** @type {Desk.Notification} */ one) => !known.has(one.id) && !isToldOf(one, list));
  set({ list: [...list, ...fresh], next });
}

/** Whether one of `later` stands for it, too: it waited to be read when that came. @param {Desk.Notification} one @param {Desk.Notification[]} later */
function isToldOf({ id, kind, ticket, read_at }, later) {
  return !read_at &&
    later.some((other) => other.id !== id && other.count > 1 && other.kind === kind && other.ticket.id === ticket.id);
}

/** How many the socket told of. */
let told = 0;

/** A new one, from the socket, which may tell it twice. @param {Desk.Notification} one @param {number} unread with it */
export function addNotification(one, unread) {
  const { list } = notifications;
  if (list.some(({ id }) => id === one.id)) return;
  told++;
  set({ list: [one, ...list.filter((other) => !isToldOf(other, [one]))], unread });
}

/** Shown at once; where it is refused, they stand there as they were. Raises ApiError. @param {string[] | null} ids null: all */
export async function markRead(ids) {
  const { list, unread } = notifications;
  const due = list.filter(({ id, read_at }) => !read_at && (!ids || ids.includes(id)));
  if (ids && !due.length) return;
  const read = {
    ids: ids && due.map(({ id }) => id),
    until: list[0]?.created_at ?? "",
    read_at: new Date().toISOString(),
  };
  const before = told;
  note({ ...read, unread: ids ? Math.max(0, unread - due.length) : 0 });
  try {
    const answer = await request("POST", "notifications/read/", { body: { ids: read.ids } });
    if (told === before) set(answer);
    else await loadNotifications(true); // which of the two counts is the later one, nobody can say
    tell("read", { ...read, unread: notifications.unread });
  } catch (error) {
    set({ list: notifications.list.map((one) => due.find(({ id }) => id === one.id) ?? one) });
    if (told === before) set({ unread });
    else await loadNotifications(true);
    throw error;
  }
}

/** What is read in another tab of this person is read here. From now on. */
export const followReading = () =>
  onTold("read", (read) => {
    note(read);
    // what that tab did not know of may be missing in its count
    if (notifications.list[0]?.created_at > read.until) loadNotifications(true);
  });

/** @param {{ids: string[] | null, until: string, read_at: string, unread: number}} read `ids` null: all that there were by `until` */
function note({ ids, until, read_at, unread }) {
  const list = notifications.list.map((one) =>
    one.read_at || (ids ? !ids.includes(one.id) : one.created_at > until) ? one : { ...one, read_at }
  );
  set({ list, unread });
}

/** @param {Partial<typeof notifications>} change */
function set(change) {
  Object.assign(notifications, change);
  touch("notifications");
}
