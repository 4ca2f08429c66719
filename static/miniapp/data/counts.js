// @ts-check
/** How many tickets each tab of the inbox holds: asked once for many changes, with a rest between, while somebody looks. */
import { touch, watch } from "../core/store.js";
import { isVisible, onVisibility } from "../core/telegram.js";
import { request } from "./api.js";
import { onFrame } from "./socket.js";

const GATHER_MS = 500;
const REST_MS = 5_000;

/** By the names of the tabs. @type {Record<string, {count: number, unread: number}>} */
export const counts = {};
let askedAt = 0;
let due = false;
/** Until the answer is there. @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Asks now, and whenever data/tickets.js sees a change that counts. */
export function followCounts() {
  watch("counts", askLater);
  onVisibility(() => due && askLater());
  onFrame("caught_up", () => due && askLater());
  timer = setTimeout(ask);
}

function askLater() {
  due = true;
  if (timer || !isVisible()) return;
  timer = setTimeout(ask, Math.max(GATHER_MS, askedAt + REST_MS - Date.now()));
}

async function ask() {
  due = false;
  askedAt = Date.now();
  try {
    Object.assign(counts, await request("GET", "tickets/counts/"));
    touch("tickets");
    timer = undefined;
    if (due) askLater();
  } catch {
    timer = undefined;
    due = true; // asked with the next change, connection or look
  }
}
