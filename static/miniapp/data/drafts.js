// @ts-check
/** Unfinished texts, kept in this browser per person, ticket and mode. Written on input: closing an app tells nobody. */
import { touch } from "../core/store.js";
import { session } from "./session.js";

const KEPT_MS = 14 * 86_400_000;
const PREFIX = "desk.draft.";

const storageKey = (/** @type {string} */ name) => `${PREFIX}${session.me.id}.${name}`;

/** @param {string} name "<ticket>.reply", "<ticket>.note" or "new" @returns {any} what was saved, null if nothing */
export function draft(name) {
  try {
    const saved = JSON.parse(localStorage.getItem(storageKey(name)) ?? "null");
    return saved && Date.now() - saved.at < KEPT_MS ? saved.value : null;
  } catch {
    return null;
  }
}

/** @param {string} name @param {any} value nothing (null or "") removes it */
export function saveDraft(name, value) {
  try {
    if (value) localStorage.setItem(storageKey(name), JSON.stringify({ at: Date.now(), value }));
    else localStorage.removeItem(storageKey(name));
  } catch { /* a full or forbidden storage: then without drafts */ }
  touch("tickets");
}

/** Removes what nobody came back for. */
export function dropOldDrafts() {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(storageKey("")) && !draft(key.slice(storageKey("").length))) localStorage.removeItem(key);
  }
}
