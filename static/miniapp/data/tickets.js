// @ts-check
/** The tickets that this client knows, and the lists of them: pages by cursor, then kept in place by what the socket says. */
import { touch } from "../core/store.js";
import { request } from "./api.js";
import { session } from "./session.js";
import { onFrame } from "./socket.js";

/**
 * @typedef {{key: string, query: Record<string, string>, holds: (ticket: Desk.Ticket) => boolean, order: Order,
 *            state: "empty" | "loading" | "ready" | "stale" | "error", next: string | null, ids: Set<string>,
 *            late: unknown, stuck: Desk.ApiError | null, sorted: Desk.Ticket[] | null, matches: Map<string, Desk.Match>}} List
 * @typedef {(a: Desk.Ticket, b: Desk.Ticket) => number} Order
 */

/** One row per ticket, whatever list shows it. @type {Map<string, Desk.Ticket>} */
export const rows = new Map();
/** @type {Map<string, List>} */
export const lists = new Map();
/** Those that have left the reader's sight; their last picture stays for what still shows it. @type {Set<string>} */
export const gone = new Set();
/** Those of which only the desk knows how much is unread (data/unsure.js). @type {Set<string>} */
export const unsure = new Set();
/** What the counts of the tabs (data/counts.js) know of a ticket. @type {Map<string, string>} */
const counted = new Map();

/** The one that changed last first. @type {Order} */
export const byNewest = (a, b) =>
  a.updated_at < b.updated_at ? 1 : a.updated_at > b.updated_at ? -1 : b.number - a.number;

/**
 * @param {string} key
 * @param {Record<string, string>} query what the API is asked
 * @param {(ticket: Desk.Ticket) => boolean} holds the same question, asked of a ticket that changes
 * @param {Order} [order] the same as the API's
 */
export function defineList(key, query, holds, order = byNewest) {
  const empty = { next: null, ids: new Set(), late: null, stuck: null, sorted: null, matches: new Map() };
  lists.set(key, { key, query, holds, order, state: "empty", ...empty });
}

/** @param {string} key @returns {List} */
export const listOf = (key) => /** @type {List} */ (lists.get(key));

/** The list's rows in its order. @param {string} key */
export function ticketsOf(key) {
  const list = listOf(key);
  list.sorted ??= [...list.ids].map((id) => /** @type {Desk.Ticket} */ (rows.get(id))).sort(list.order);
  return list.sorted;
}

/** The first page: from the sign-in, or asked for. @param {string} key @param {Desk.Page<Desk.Ticket>} page */
export function fillList(key, page) {
  const list = listOf(key);
  list.ids.clear();
  addPage(list, page);
}

/** Fetches the first page. @param {string} key */
export async function loadList(key) {
  const list = listOf(key);
  if (list.state === "loading") return;
  list.state = "loading";
  touch("tickets");
  try {
    fillList(key, await request("GET", `tickets/?${new URLSearchParams(list.query)}`));
  } catch (error) {
    list.late = error;
    list.state = list.ids.size ? "ready" : "error";
  }
  touch("tickets");
}

/** Fetches the next page; where it did not come, only if it is asked for `again` (screens/older.js). @param {string} key @param {boolean} [again] */
export async function loadMore(key, again = false) {
  const list = listOf(key);
  if (!list.next || (list.stuck && !again) || list.state === "loading") return;
  const url = list.next;
  list.state = "loading";
  try {
    addPage(list, await request("GET", url));
  } catch (error) {
    list.stuck = /** @type {Desk.ApiError} */ (error);
    list.state = "ready";
    touch("tickets");
  }
}

/** @param {List} list @param {Desk.Page<Desk.Ticket>} page */
function addPage(list, page) {
  for (const ticket of page.results) {
    list.ids.add(ticket.id);
    counted.set(ticket.id, standing(ticket));
    upsert(ticket);
    list.ids.add(ticket.id);
    if (ticket.match) list.matches.set(ticket.id, ticket.match);
  }
  list.sorted = null;
  list.next = page.next;
  list.late = page.at;
  list.stuck = null;
  list.state = "ready";
  touch("tickets");
}

/**
 * Takes a ticket as it is now; one that is older than what is known changes nothing.
 * @param {Desk.Ticket} ticket
 */
export function upsert(ticket) {
  const known = rows.get(ticket.id);
  if (known && ticket.sequence < known.sequence) return;
  const row = { ...known, ...ticket };
  const { unread, read_sequence = 0 } = known ?? {};
  const news = bringsNews(ticket, known);
  const leapt = known && ticket.sequence > known.sequence + 1;
  if (ticket.unread === undefined) {
    if (unread !== undefined) row.unread = unread + Number(news);
    // a row that was not known, or several messages at once
    if (unread === undefined || (news && leapt)) unsure.add(row.id);
  } else if ((ticket.read_sequence ?? 0) < read_sequence && !unsure.has(row.id)) {
    Object.assign(row, { unread, read_sequence });
    // what was read here is not told yet, and there is more than that
    if (news || leapt) unsure.add(row.id);
  }
  rows.set(row.id, row);
  gone.delete(row.id);
  for (const list of lists.values()) place(list, row);
  touch("tickets");
  touch(`ticket:${row.id}`);
  count(row);
}

/** What decides on which tabs a ticket stands. @param {Desk.Ticket} ticket */
const standing = ({ status, assignee, snoozed_until, waiting_since, unread }) =>
  [status, assignee?.id, !snoozed_until, !waiting_since, !unread].join();

/** @param {Desk.Ticket} row */
function count(row) {
  if (counted.get(row.id) === standing(row)) return;
  counted.set(row.id, standing(row));
  touch("counts");
}

/** It has left the reader's sight. @param {string} id */
export function drop(id) {
  gone.add(id);
  touch(`gone:${id}`);
  for (const list of lists.values()) {
    list.ids.delete(id);
    list.sorted = null;
  }
  touch("tickets");
  touch("counts");
}

/** @param {Desk.Ticket} ticket @param {Desk.Ticket | undefined} known */
function bringsNews(ticket, known) {
  const last = ticket.last_message;
  return Boolean(last && last.author?.id !== session.me.id && last.id !== known?.last_message?.id);
}

/** Sorts a list only where it must: a page of fifty comes to ten thousand at once. @param {List} list @param {Desk.Ticket} row */
export function place(list, row) {
  if (list.state === "empty") return;
  if (!list.holds(row)) list.ids.delete(row.id);
  else if (!list.ids.has(row.id)) {
    // a row behind the last loaded page comes with its own page
    const last = list.next && ticketsOf(list.key).at(-1);
    if (list.next && !(last && list.order(row, last) < 0)) return;
    list.ids.add(row.id);
  }
  list.sorted = null;
}

/** A late answer, of less that was read, changes nothing. @param {string} id @param {number} unread @param {number} sequence read up to here */
export function setRead(id, unread, sequence) {
  const row = rows.get(id);
  const known = row?.read_sequence ?? 0;
  if (!row || sequence < known || (row.unread === unread && sequence === known)) return;
  const read = { ...row, unread, read_sequence: sequence };
  rows.set(id, read);
  for (const list of lists.values()) list.sorted = null;
  touch("tickets");
  count(read);
}

/** @param {number} number */
export function findByNumber(number) {
  for (const row of rows.values()) if (row.number === number && !gone.has(row.id)) return row;
  return null;
}

/** @param {string | number} reference id or number @returns {Promise<Desk.Ticket>} */
export async function fetchTicket(reference) {
  const ticket = await request("GET", `tickets/${reference}/`);
  upsert(ticket);
  return ticket;
}

/** Keeps rows and lists up to date from now on; what was missed before comes by data/catching-up.js. */
export function followTickets() {
  onFrame("inbox_updated", (frame) => upsert(frame.data));
  onFrame("inbox_removed", ({ ticket = "" }) => drop(ticket));
}
