// @ts-check
/** What staff know of a customer besides the ticket in hand: other tickets, ratings, and what colleagues wrote down. */
import { touch } from "../core/store.js";
import { request } from "./api.js";
import { serverNow, session } from "./session.js";

/** @typedef {{card: Desk.CustomerCard | null, failed: boolean}} Known */

/** By person; what was read before is shown until it has been read anew. @type {Map<string, Known>} */
const known = new Map();
/** The key of a note whose answer was lost: the same words go out under it again. @type {Map<string, string>} */
const keys = new Map();

/** @param {string} person @returns {Known} */
export const cardOf = (person) => known.get(person) ?? { card: null, failed: false };

/** Reads it anew. @param {string} person */
export async function loadCard(person) {
  set(person, { failed: false });
  try {
    const card = await request("GET", `users/${person}/card/`);
    const there = new Set(card.notes.map((/** @type {Desk.PersonNote} */ { id }) => id));
    const mine = cardOf(person).card?.notes.filter(({ id, saving }) => saving && !there.has(id)) ?? [];
    set(person, { card: { ...card, notes: [...mine, ...card.notes] } });
  } catch {
    set(person, { failed: true });
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
