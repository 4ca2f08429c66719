// @ts-check
/** What staff know of a customer besides the ticket in hand: other tickets, ratings, and what colleagues wrote down. */
import { touch } from "../core/store.js";
import { isVisible, onVisibility } from "../core/telegram.js";
import { request } from "./api.js";
import { serverNow, session } from "./session.js";
import { onFrame } from "./socket.js";

/** @typedef {{card: Desk.CustomerCard | null, failed: boolean}} Known */

/** By person; what was read before is shown until it has been read anew. @type {Map<string, Known>} */
const known = new Map();
/** Of those that are open: whom they are about. @type {Set<{person: string}>} */
const open = new Set();
/** By person: how often it has been asked for. @type {Map<string, number>} */
const asked = new Map();
/** The key of a note whose answer was lost: the same words go out under it again. @type {Map<string, string>} */
const keys = new Map();

/** @param {string} person @returns {Known} */
export const cardOf = (person) => known.get(person) ?? { card: null, failed: false };

/**
 * Reads it now, and while it is open: when something about the person has changed, after a break, and when somebody looks again.
 * @param {string} person @param {AbortSignal} signal that ends with the open card
 */
export function followCard(person, signal) {
  const card = { person };
  open.add(card);
  signal.addEventListener("abort", () => open.delete(card), { once: true });
  onVisibility(() => isVisible() && loadCard(person, true), signal);
  loadCard(person);
}

onFrame("person_changed", ({ data }) => reload(data.person));
onFrame("inbox_updated", ({ data }) => isNews(data) && reload(data.customer.id));
onFrame("live", () => reload());

/** Whether what is counted of a person's tickets on their card is no longer so: a new one, another status, a rating. @param {Desk.Ticket} ticket */
function isNews({ id, customer, status, rating }) {
  const { card } = cardOf(customer.id);
  const known = card?.tickets.find((other) => other.id === id);
  return Boolean(card) && (known?.status !== status || known?.rating?.score !== rating?.score);
}

/** Of those that are open. @param {string} [only] a person */
function reload(only) {
  const people = new Set([...open].map(({ person }) => person));
  for (const person of people) if (person === (only ?? person)) loadCard(person, true);
}

/** Reads it anew. @param {string} person @param {boolean} [quietly] what was read before goes on standing there where it does not come */
export async function loadCard(person, quietly = false) {
  const turn = (asked.get(person) ?? 0) + 1;
  asked.set(person, turn);
  if (!quietly) set(person, { failed: false });
  try {
    const card = await request("GET", `users/${person}/card/`);
    if (asked.get(person) !== turn) return; // a newer one is on its way
    const there = new Set(card.notes.map((/** @type {Desk.PersonNote} */ { id }) => id));
    const mine = cardOf(person).card?.notes.filter(({ id, saving }) => saving && !there.has(id)) ?? [];
    set(person, { card: { ...card, notes: [...mine, ...card.notes] }, failed: false });
  } catch {
    if (asked.get(person) === turn && (!quietly || !cardOf(person).card)) set(person, { failed: true });
  }
}

/** Shown at once; taken back where it is refused. Raises ApiError. @param {string} person @param {string} text */
export async function addNote(person, text) {
  const words = `${person} ${text}`;
  const id = keys.get(words) ?? crypto.randomUUID();
  keys.set(words, id);
  const { me } = session;
  const created_at = new Date(serverNow()).toISOString();
  const others = () => notesOf(person).filter((note) => note.id !== id);
  setNotes(person, [{ id, author: me, text, created_at, saving: true }, ...others()]);
  try {
    const note = await request("POST", `users/${person}/notes/`, { body: { id, text } });
    keys.delete(words);
    setNotes(person, [note, ...others()]);
  } catch (error) {
    setNotes(person, others());
    throw error;
  }
}

/** Raises ApiError. @param {string} person @param {string} id of the note */
export async function removeNote(person, id) {
  await request("DELETE", `users/${person}/notes/${id}/`);
  setNotes(person, notesOf(person).filter((note) => note.id !== id));
}

/** @param {string} person */
const notesOf = (person) => cardOf(person).card?.notes ?? [];

/** @param {string} person @param {Desk.PersonNote[]} notes */
function setNotes(person, notes) {
  const { card } = cardOf(person);
  if (card) set(person, { card: { ...card, notes } });
}

/** @param {string} person @param {Partial<Known>} change */
function set(person, change) {
  known.set(person, { ...cardOf(person), ...change });
  touch(`card:${person}`);
}
