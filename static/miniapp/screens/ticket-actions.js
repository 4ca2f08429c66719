// @ts-check
/**
 * What staff change of a ticket: shown at once, taken back where it is refused, undone by a press within five seconds.
 * Loaded with the first press.
 */
import { toast } from "../core/dom.js";
import { t, untilOf } from "../core/i18n.js";
import { go, path } from "../core/router.js";
import { touch, watch } from "../core/store.js";
import { haptic } from "../core/telegram.js";
import { act } from "../data/acts.js";
import { request } from "../data/api.js";
import { serverNow, session } from "../data/session.js";
import { fetchTicket, gone, rows } from "../data/tickets.js";
import { fasterText } from "../ui/conflict.js";
import { offer } from "../ui/offer.js";
import { choose } from "../ui/sheet.js";
import { nameOf, statusText } from "../ui/words.js";

/** @type {Desk.Status[]} what a person may set; "new" is where every ticket begins */
const CHOICES = ["open", "pending", "resolved", "closed"];
export const PRIORITIES = ["low", "normal", "high", "urgent"];

/** @typedef {{action: string, body: object, shown: Partial<Desk.Ticket>, done: string, undo?: Change}} Change */

const ticketOf = (/** @type {string} */ id) => /** @type {Desk.Ticket} */ (rows.get(id));

/** @param {string} id the ticket's */
export const take = (id) => assign(id, session.me);

/** @param {string} id @param {Desk.Person | null} person */
export function assign(id, person) {
  const said = person?.id === session.me.id
    ? t("took")
    : person
    ? t("assigned_to", { name: nameOf(person) })
    : t("freed");
  return change(id, { ...toPerson(person), done: said, undo: toPerson(ticketOf(id).assignee) });
}

/** A sheet of all colleagues. @param {string} id */
export async function chooseAssignee(id) {
  const screen = path();
  const found = await request("GET", "users/?role=agent&limit=100").catch(() => null);
  if (path() !== screen) return; // one looks at something else by now
  if (!found) return toast(t("error_network"));
  const before = ticketOf(id).assignee?.id;
  /** @type {Desk.Colleague[]} */
  const colleagues = found.results.filter((/** @type {Desk.Colleague} */ one) => one.is_active);
  const chosen = await choose(
    t("assign_title"),
    colleagues.map((one) => ({
      value: one.id,
      label: one.availability === "away" ? `${nameOf(one)} · ${t("away")}` : nameOf(one),
      chosen: one.id === before,
      plain: true,
    })),
  );
  const person = colleagues.find((one) => one.id === chosen);
  if (person && chosen !== before) await assign(id, person);
}

/** @param {Desk.Person | null} person @returns {Change} */
const toPerson = (person) => ({
  action: "assign",
  body: { assignee: person?.id ?? null },
  shown: { assignee: person },
  done: t("undone"),
});

/** A sheet of statuses. @param {string} id */
export async function chooseStatus(id) {
  const before = ticketOf(id).status;
  // as tickets/permissions.py: a closed ticket can only be opened again
  const offered = before === "closed" ? CHOICES.filter((one) => one === "open" || one === before) : CHOICES;
  const choices = offered.map((value) => ({ value, label: statusText(value, true), chosen: value === before }));
  const status = /** @type {Desk.Status | null} */ (await choose(t("status_title"), choices));
  if (status) await setStatus(id, status);
}

/** @param {string} id @param {Desk.Status} status */
async function setStatus(id, status) {
  const wanted = toOther(id, status);
  if (wanted) await change(id, wanted);
}

/** Null where it has that status. @param {string} id @param {Desk.Status} status @returns {Change | null} */
export function toOther(id, status) {
  const before = ticketOf(id).status;
  if (status === before) return null;
  const said = (/** @type {Desk.Status} */ one) => t("status_set", { status: statusText(one, true) });
  // no ticket becomes new again: it is open then
  const undo = before === "new" ? { ...toStatus("open"), done: said("open") } : toStatus(before);
  return { ...toStatus(status), done: said(status), undo };
}

/** @param {Desk.Status} status @returns {Change} */
const toStatus = (status) => ({ action: "status", body: { status }, shown: { status }, done: t("undone") });

/** Puts it aside until then, null takes it up again. @param {string} id @param {string | null} until */
export function snooze(id, until) {
  const before = ticketOf(id).snoozed_until ?? null;
  const back = before && Date.parse(before) > serverNow() ? before : null;
  return change(id, {
    ...toTime(until),
    done: until ? t("put_aside_until", { when: untilOf(until) }) : t("woken"),
    undo: back === until ? undefined : toTime(back),
  });
}

/** @param {string | null} until @returns {Change} */
const toTime = (until) => ({ action: "snooze", body: { until }, shown: { snoozed_until: until }, done: t("undone") });

/** Priority, category or tags. @param {string} id @param {Partial<Desk.Ticket>} fields */
export function setFields(id, fields) {
  const before = Object.fromEntries(
    Object.keys(fields).map((name) => [name, ticketOf(id)[/** @type {keyof Desk.Ticket} */ (name)]]),
  );
  return change(id, { ...toFields(fields), done: t("saved"), undo: toFields(before) });
}

/** What stands in a field of tags. @param {HTMLInputElement} field */
export const tagsOf = ({ value }) => value.split(",").map((tag) => tag.trim().toLowerCase()).filter(Boolean);

/** What colleagues changed while one wrote is kept. @param {string} id @param {string[]} before @param {string[]} now */
export function setTags(id, before, now) {
  const theirs = (ticketOf(id).tags ?? []).filter((tag) => now.includes(tag) || !before.includes(tag));
  return setFields(id, { tags: [...new Set([...theirs, ...now])] });
}

/** @param {Partial<Desk.Ticket>} fields @returns {Change} */
const toFields = (fields) => ({
  action: "",
  body: "category" in fields ? { ...fields, category: fields.category?.id ?? null } : fields,
  shown: fields,
  done: t("undone"),
});

/** @param {string} id @param {Change} wanted @param {number} [seen] what the person knew of the ticket: undoing takes back nothing newer */
async function change(id, wanted, seen = ticketOf(id).sequence) {
  try {
    await carryOut(id, wanted, seen);
  } catch (error) {
    await tellWhy(id, /** @type {any} */ (error));
  }
}

/** Rejects where it is refused, and has taken it back then. @param {string} id @param {Change} wanted @param {number} seen */
export async function carryOut(id, { action, body, shown, done, undo }, seen) {
  const takeBack = expect(id, shown);
  const { sequence, number } = ticketOf(id); // it may go out of one's sight by that
  try {
    const answer = await act(id, action, { ...body, expected_sequence: seen });
    takeBack();
    haptic("success");
    if (!undo) return toast(done);
    // it stands also over another ticket that is opened meanwhile
    const text = `${t("ticket_number", { number })}: ${done}`;
    offer("undo", text, () => bringBack(id, undo, answer.sequence ?? sequence));
  } catch (error) {
    takeBack();
    throw error;
  }
}

/** A ticket that the change took out of one's own sight opens anew where it was. @param {string} id @param {Change} undo @param {number} seen */
async function bringBack(id, undo, seen) {
  const wasGone = gone.has(id);
  await change(id, undo, seen);
  const screen = `tickets/${ticketOf(id).number}`;
  if (wasGone && !gone.has(id) && path() === screen) go(screen, { replace: true, anew: true });
}

/** @param {string} id @param {Desk.ApiError} error */
export async function tellWhy(id, error) {
  haptic("error");
  toast(await reasonOf(id, error));
}

/**
 * What is on its way for a ticket, oldest first, over what the desk has said: `said` is what it said of the fields that
 * these show, until one of its own rows is newer.
 * @typedef {{shown: Partial<Desk.Ticket>[], said: Partial<Desk.Ticket>, row: Desk.Ticket,
 *            stop: AbortController}} Expected
 */
/** @type {Map<string, Expected>} */
const expected = new Map();

/** Shows at once what is expected; calling what it returns ends that, and nothing else that is expected. @param {string} id @param {Partial<Desk.Ticket>} shown */
function expect(id, shown) {
  const row = ticketOf(id);
  const all = expected.get(id) ?? begin(id, row);
  note(id, all);
  all.shown.push(shown);
  for (const name of Object.keys(shown)) {
    if (!(name in all.said)) Object.assign(all.said, { [name]: row[/** @type {keyof Desk.Ticket} */ (name)] });
  }
  draw(id, all);
  return () => {
    note(id, all);
    all.shown.splice(all.shown.indexOf(shown), 1);
    draw(id, all);
    if (all.shown.length) return;
    expected.delete(id);
    all.stop.abort();
  };
}

/** @param {string} id @param {Desk.Ticket} row @returns {Expected} */
function begin(id, row) {
  const all = { shown: [], said: {}, row, stop: new AbortController() };
  expected.set(id, all);
  watch(`ticket:${id}`, () => {
    if (ticketOf(id) === all.row) return;
    note(id, all);
    draw(id, all);
  }, all.stop.signal);
  return all;
}

/** A newer row of the desk's, by frame or answer, is what it says now. @param {string} id @param {Expected} all */
function note(id, all) {
  const row = ticketOf(id);
  if (row.sequence === all.row.sequence) return;
  for (const name of Object.keys(all.said)) {
    Object.assign(all.said, { [name]: row[/** @type {keyof Desk.Ticket} */ (name)] });
  }
}

/** @param {string} id @param {Expected} all */
function draw(id, all) {
  all.row = Object.assign({}, ticketOf(id), all.said, ...all.shown);
  rows.set(id, all.row);
  for (const topic of ["tickets", `ticket:${id}`]) touch(topic);
}

/** Why it was refused, and who was faster. @param {string} id @param {Desk.ApiError} error */
export async function reasonOf(id, { status, code, message, data = {} }) {
  const named = "person" in data;
  if (named || code === "stale") await fetchTicket(id).catch(() => {}); // without it the socket brings it
  if (named) return fasterText(data, serverNow());
  return message || t(status ? "error_unexpected" : "error_network");
}
