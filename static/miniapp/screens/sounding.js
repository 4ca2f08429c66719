// @ts-check
/**
 * A sound for what waits for this person: a customer's new message in a ticket of theirs, or in a new one that nobody has.
 * Loaded where it was switched on (screens/me.js).
 */
import { path } from "../core/router.js";
import { inBrowser } from "../core/storage.js";
import { isVisible } from "../core/telegram.js";
import { serverNow, session } from "../data/session.js";
import { onFrame } from "../data/socket.js";
import { chime, unlock } from "../ui/chime.js";

const REST_MS = 2_000; // many messages at once are one sound

let began = 0;
let rangAt = 0;
/** Messages that have been decided on. @type {Set<string>} */
const known = new Set();

/** From now on; what was written before rings no more. */
export function startSounding() {
  if (began) return;
  began = serverNow();
  for (const type of ["pointerdown", "keydown"]) addEventListener(type, unlock, { once: true });
  onFrame("inbox_updated", ({ data }) => {
    if (!isNews(data) || Date.now() - rangAt < REST_MS) return;
    rangAt = Date.now();
    chime();
  });
}

/** @param {Desk.Ticket} ticket */
function isNews({ number, status, assignee, last_message: last }) {
  if (!last || known.has(last.id)) return false;
  known.add(last.id);
  const fresh = last.author?.role === "customer" && !last.internal && Date.parse(last.created_at) > began;
  const mine = assignee ? assignee.id === session.me.id : status === "new";
  const inFront = path() === `tickets/${number}` && isVisible();
  return fresh && mine && !inFront && inBrowser.get("desk.sound") === true;
}
