// @ts-check
/** What this person has searched for last, kept in this browser. */
import { inBrowser } from "../core/storage.js";
import { session } from "./session.js";

const MOST = 5;
const SHORTEST = 2;

const storageKey = () => `desk.searches.${session.me.id}`;

/** The latest first. @returns {string[]} */
export const recentSearches = () => inBrowser.get(storageKey()) ?? [];

/** @param {string} text */
export function rememberSearch(text) {
  if (text.length < SHORTEST) return;
  const others = recentSearches().filter((one) => one.toLowerCase() !== text.toLowerCase());
  inBrowser.set(storageKey(), [text, ...others].slice(0, MOST));
}

export const forgetSearches = () => inBrowser.set(storageKey(), null);
