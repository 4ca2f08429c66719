// @ts-check
/**
 * Where sockets do not get through (some proxies let requests pass alone): what is looked at is asked for instead. Loaded
 * once no socket has lived for some seconds.
 */
import { touch, watch } from "../core/store.js";
import { isVisible } from "../core/telegram.js";
import { heard } from "./kept.js";
import { loadNotifications } from "./notifications.js";
import { revive } from "./outbox.js";
import { isStaff } from "./session.js";
import { isLive } from "./socket.js";
import { askAnew, conversations, loadNewest } from "./threads.js";
import { lists } from "./tickets.js";

const LISTS_EVERY_MS = 30_000;

let askedAt = 0;
/** Lists that have been asked for and not answered. @type {Set<Desk.List>} */
const asked = new Set();
/** What fails again though requests are answered has another reason: it goes out after ever longer pauses. */
const FIRST_PAUSE_MS = 20_000;
const LONGEST_PAUSE_MS = 600_000;
let revivedAt = 0;
let pause = FIRST_PAUSE_MS;

watch("tickets", () => {
  for (const list of asked) if (list.state === "ready") noteAnswer(list);
});

/** To be called every few seconds, and when the page is looked at again. */
export function catchUp() {
  if (!isVisible() || !navigator.onLine) return;
  for (const conversation of conversations.values()) {
    if (!conversation.open) continue;
    if (!conversation.thread.stale) askAnew(conversation);
    else if (conversation.error?.isPassing) loadNewest(conversation);
  }
  if (Date.now() - askedAt < LISTS_EVERY_MS) return;
  askedAt = Date.now();
  // the one that is shown is asked for by its drawing, others once they are shown
  for (const list of lists.values()) {
    if (list.state === "error") list.state = "empty";
    else if (list.state === "ready") list.state = "stale";
    asked.add(list);
  }
  touch("tickets");
  if (!isStaff()) return;
  touch("counts");
  loadNotifications();
}

/** It says of when it is; and since requests get through, what had failed for want of a server goes out. @param {Desk.List} list */
function noteAnswer(list) {
  asked.delete(list);
  if (isLive() || list.late) { // `late`: no answer came
    pause = FIRST_PAUSE_MS;
    return;
  }
  heard.at = Date.now();
  list.late = true;
  touch("tickets");
  if (Date.now() - revivedAt < pause) return;
  pause = revivedAt ? Math.min(2 * pause, LONGEST_PAUSE_MS) : pause;
  revivedAt = Date.now();
  revive();
}
