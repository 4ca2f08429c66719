// @ts-check
/** What the page knows of Telegram, and the loop that keeps it new. */
import { get } from "./api.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").PersonChanges} PersonChanges */
/**
 * One person's Telegram.
 * @typedef {{ id: number, chats: import("./types.js").Chat[], messages: Map<string, Message>,
 *   commands: import("./types.js").Command[], menuButton: import("./types.js").MenuButton,
 *   accounts: import("./types.js").Account[] }} View
 */

const WAIT_SECONDS = 8;
const RETRY_MS = 1000;

/** @type {Map<number, View>} */
const views = new Map();
/** @type {Map<number, (view: View, notices: import("./types.js").Notice[]) => void>} */
const watchers = new Map();
/** @type {(reachable: boolean) => void} */
let onReachable = () => {};
let polling = new AbortController();

/** @param {(reachable: boolean) => void} run */
export const watchConnection = (run) => void (onReachable = run);

/** Calls back with this person's view now and at every change. @param {number} userId @param {(view: View, notices: import("./types.js").Notice[]) => void} run */
export async function watch(userId, run) {
  watchers.set(userId, run);
  const answer = await get("changes", { users: userId });
  if (watchers.get(userId) === run) apply(answer.people[0]);
  polling.abort();
}

/** @param {number} userId */
export function unwatch(userId) {
  watchers.delete(userId);
  views.delete(userId);
  polling.abort();
}

/** @param {PersonChanges} changes */
function apply(changes) {
  const view = views.get(changes.id) ??
    { id: changes.id, chats: [], messages: new Map(), commands: [], menuButton: { type: "" }, accounts: [] };
  views.set(changes.id, view);
  const { chats, commands, accounts, menu_button } = changes;
  Object.assign(view, { chats, commands, accounts, menuButton: menu_button });
  for (const message of changes.messages) {
    const key = `${message.chat.id}:${message.message_id}`;
    if (message.deleted) view.messages.delete(key);
    else view.messages.set(key, message);
  }
  watchers.get(changes.id)?.(view, changes.notices);
}

/** Asks for changes for ever. @param {number} revision what the page already has */
export async function follow(revision) {
  let after = revision;
  for (;;) {
    polling = new AbortController();
    try {
      const users = [...watchers.keys()].join();
      const answer = await get("changes", { users, after, wait: WAIT_SECONDS }, polling.signal);
      onReachable(true);
      if (answer.revision < after) location.reload(); // another Telegram than before
      after = answer.revision;
      for (const changes of answer.people) if (watchers.has(changes.id)) apply(changes);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") continue;
      onReachable(false);
      await new Promise((resume) => setTimeout(resume, RETRY_MS));
    }
  }
}
