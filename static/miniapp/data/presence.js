// @ts-check
/** Who is writing, who is there. Nothing of it lasts: it ends by itself, and a message ends its author's writing. */
import { isVisible, onVisibility } from "../core/telegram.js";
import { touch } from "../core/store.js";
import { isStaff, session } from "./session.js";
import { onFrame, send } from "./socket.js";

const SAY_EVERY_MS = 3_000;
const TYPING_ENDS_MS = 6_000;
const VIEWING_ENDS_MS = 60_000;
const VIEWING_EVERY_MS = 25_000;

/** @typedef {{person: Desk.Person, until: number, internal?: boolean, state?: string}} Sign */

/** @type {Map<string, Map<string, Sign>>} */
const typing = new Map();
/** @type {Map<string, Map<string, Sign>>} */
const viewing = new Map();
/** @type {Set<string>} */
const online = new Set();
let saidAt = 0;
let saidFor = "";

/** Those who are writing in a ticket now, other than the reader. @param {string} ticket */
export const typersOf = (ticket) => alive(typing, ticket);

/** Colleagues who have the ticket open. @param {string} ticket */
export const viewersOf = (ticket) => alive(viewing, ticket);

/** @param {string} person */
export const isOnline = (person) => online.has(person);

/** @param {Map<string, Map<string, Sign>>} signs @param {string} ticket */
function alive(signs, ticket) {
  return [...signs.get(ticket)?.values() ?? []].filter(({ until, person }) =>
    until > Date.now() && person.id !== session.me.id
  );
}

/** Tells the others, at most every three seconds. @param {string} ticket @param {boolean} internal */
export function sayTyping(ticket, internal) {
  const key = `${ticket} ${internal}`;
  if (key === saidFor && Date.now() - saidAt < SAY_EVERY_MS) return;
  if (send({ type: "typing", ticket, internal })) [saidAt, saidFor] = [Date.now(), key];
}

/** The message is out: the next key may be told at once. */
export function endTyping() {
  saidAt = 0;
}

/** Tells colleagues that the ticket is open here, until the signal aborts. @param {string} ticket @param {AbortSignal} signal */
export function sayViewing(ticket, signal) {
  if (!isStaff()) return;
  const tell = () => send({ type: "viewing", ticket, state: isVisible() ? "viewing" : "away" });
  const timer = setInterval(tell, VIEWING_EVERY_MS);
  onVisibility(tell, signal);
  onLive.add(tell);
  signal.addEventListener("abort", () => {
    clearInterval(timer);
    onLive.delete(tell);
    send({ type: "viewing", ticket: null, state: "away" });
  }, { once: true });
  tell();
}
/** @type {Set<() => void>} */
const onLive = new Set();

/** @param {Map<string, Map<string, Sign>>} signs @param {string} ticket @param {Sign} sign */
function note(signs, ticket, sign) {
  signs.set(ticket, (signs.get(ticket) ?? new Map()).set(sign.person.id, sign));
  touch(`presence:${ticket}`);
  setTimeout(() => touch(`presence:${ticket}`), sign.until - Date.now() + 50);
}

/** Takes what the socket says from now on. */
export function followPresence() {
  onFrame("message_typing", ({ ticket = "", data }) => {
    note(typing, ticket, { person: data.user, internal: data.internal, until: Date.now() + TYPING_ENDS_MS });
  });
  onFrame("message_new", ({ ticket = "", data }) => {
    if (typing.get(ticket)?.delete(data.author?.id)) touch(`presence:${ticket}`);
  });
  for (const type of ["resumed", "reset"]) {
    // whoever was writing when the reader left may have ended since
    onFrame(type, ({ ticket = "" }) => typing.delete(ticket) && touch(`presence:${ticket}`));
  }
  onFrame("user_viewing", ({ ticket = "", data }) => {
    const until = data.state === "gone" ? 0 : Date.now() + VIEWING_ENDS_MS;
    note(viewing, ticket, { person: data.user, state: data.state, until });
    touch("viewers");
  });
  for (const type of ["user_online", "user_offline"]) {
    onFrame(type, ({ data }) => {
      if (type === "user_online") online.add(data.user.id);
      else online.delete(data.user.id);
      touch("online");
    });
  }
  onFrame("live", () => {
    online.clear(); // those who are there are told again
    touch("online");
    for (const tell of onLive) tell();
  });
}
