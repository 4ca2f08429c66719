// @ts-check
/**
 * What frames tell while a page of a list is on its way stands when it arrives: the page may have been read before.
 * Loaded after the first rows.
 */
import { touch } from "../core/store.js";
import { onFrame } from "./socket.js";
import { drop, gone, place, rows } from "./tickets.js";

/** A list that is being asked is seen with its next drawing. */
const DRAWN_MS = 250;

/** When a ticket was told of last (page time), and whether it had left the reader's sight. @type {Map<string, {at: number, left: boolean}>} */
const told = new Map();
/** Since when a list is being asked for. @type {WeakMap<Desk.List, number>} */
const asked = new WeakMap();

/** From now on. */
export function followTold() {
  const tell = (/** @type {string} */ id, /** @type {boolean} */ left) => told.set(id, { at: performance.now(), left });
  onFrame("inbox_updated", ({ ticket = "" }) => tell(ticket, false));
  onFrame("inbox_removed", ({ ticket = "" }) => tell(ticket, true));
}

/** With each drawing of the list. @param {Desk.List} list */
export function keepTold(list) {
  const since = asked.get(list);
  if (list.state === "loading") asked.set(list, since ?? performance.now() - DRAWN_MS);
  else if (asked.delete(list)) {
    const later = [...told].filter(([, { at }]) => at >= Number(since));
    for (const [id, { left }] of later) {
      const row = rows.get(id);
      if (!left && row) place(list, row);
      else if (left && !gone.has(id)) drop(id);
    }
    if (later.length) touch("tickets");
  }
}
