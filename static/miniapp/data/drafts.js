// @ts-check
/** Unfinished texts, kept in this browser per person, ticket and mode. Written on input: closing an app tells nobody. */
import { inBrowser } from "../core/storage.js";
import { touch } from "../core/store.js";
import { session } from "./session.js";

/** What was sent and failed, by its ticket (screens/unsent.js). @type {Map<string, string>} */
export const unsent = new Map();
const KEPT_MS = 14 * 86_400_000;
/** Of so many tickets and people, at the next start. */
const MOST = 100;
export const DRAFTS = "desk.draft.";

const storageKey = (/** @type {string} */ name) => `${DRAFTS}${session.me.id}.${name}`;

/** @param {string} name "<ticket>.reply", "<ticket>.note", "<person>.about" or "new" @returns {any} what was saved, null if nothing */
export function draft(name) {
  const saved = inBrowser.get(storageKey(name));
  return saved && Date.now() - saved.at < KEPT_MS ? saved.value : null;
}

/** @param {string} name @param {any} value nothing (null or "") removes it */
export function saveDraft(name, value) {
  inBrowser.set(storageKey(name), value ? { at: Date.now(), value } : null);
  touch("tickets");
}

/** What stands in a ticket and did not reach the desk, with the key of its name; failures before drafts. @param {string} ticket */
export function unfinishedIn(ticket) {
  const failed = unsent.get(ticket);
  const text = failed ?? draft(`${ticket}.reply`) ?? draft(`${ticket}.note`);
  return text && { name: failed ? "unsent" : "draft", text };
}

/** Removes what nobody came back for: what is older than two weeks, and all but the hundred tickets and people written to last. */
export function dropOldDrafts() {
  const prefix = storageKey("");
  const placeOf = (/** @type {string} */ key) => key.slice(prefix.length).split(".")[0];
  /** @type {Map<string, number>} */
  const written = new Map();
  for (const key of inBrowser.keys(prefix)) {
    const at = draft(key.slice(prefix.length)) ? inBrowser.get(key).at : 0;
    written.set(placeOf(key), Math.max(at, written.get(placeOf(key)) ?? 0));
  }
  const kept = [...written].sort(([, one], [, other]) => other - one).slice(0, MOST).map(([place]) => place);
  for (const key of inBrowser.keys(prefix)) {
    if (!kept.includes(placeOf(key)) || !draft(key.slice(prefix.length))) inBrowser.set(key, null);
  }
}
