// @ts-check
/**
 * A sound for what waits for this person: a customer's new message in a ticket of theirs, or in a new one that nobody has, unless they are away.
 * Several tabs of one person ring once, and none rings for what one of them shows. Loaded where it was switched on
 * (screens/me.js).
 */
import { path } from "../core/router.js";
import { inBrowser } from "../core/storage.js";
import { isVisible } from "../core/telegram.js";
import { onTold, tell } from "../data/other-tabs.js";
import { serverNow, session } from "../data/session.js";
import { onFrame } from "../data/socket.js";
import { chime, isUnlocked, unlock } from "../ui/chime.js";

const REST_MS = 2_000; // many messages at once are one sound
const OTHERS_MS = 150; // for a tab that shows the ticket to say so

let began = 0;
let rangAt = 0;
/** Messages that have been decided on, here or in another tab. @type {Set<string>} */
const known = new Set();

/** From now on; what was written before rings no more. */
export function startSounding() {
  if (began) return;
  began = serverNow();
  for (const type of ["pointerdown", "keydown"]) addEventListener(type, unlock, { once: true });
  onTold("heard", (message) => known.add(message));
  onFrame("inbox_updated", ({ data }) => consider(data));
}

/** @param {Desk.Ticket} ticket */
function consider(ticket) {
  const last = ticket.last_message?.id ?? "";
  if (!isNews(ticket)) return;
  if (path() === `tickets/${ticket.number}` && isVisible()) return settle(last);
  setTimeout(() => {
    if (known.has(last) || Date.now() - rangAt < REST_MS || !isUnlocked()) return;
    rangAt = Date.now();
    ring(last);
  }, OTHERS_MS);
}

/** The tab that gets the lock rings, and keeps it while the others may still think of it. @param {string} message */
function ring(message) {
  const sound = () => {
    if (known.has(message)) return;
    settle(message);
    chime();
  };
  if (!navigator.locks) return sound();
  navigator.locks.request("desk.sound", { ifAvailable: true }, (lock) => {
    if (!lock) return;
    sound();
    return new Promise((resume) => setTimeout(resume, REST_MS));
  }).catch(sound); // denied
}

/** @param {string} message */
function settle(message) {
  known.add(message);
  tell("heard", message); // needs no sound any more
}

/** @param {Desk.Ticket} ticket */
function isNews({ status, assignee, last_message: last }) {
  if (!last || known.has(last.id)) return false;
  const fresh = last.author?.role === "customer" && !last.internal && Date.parse(last.created_at) > began;
  // whoever is away is told of no ticket of nobody (tickets/notifications/recipients.py)
  const mine = assignee ? assignee.id === session.me.id : status === "new" && session.me.availability !== "away";
  const wanted = fresh && mine && inBrowser.get("desk.sound") === true;
  if (!wanted) known.add(last.id); // what changes later makes it no news
  return wanted;
}
