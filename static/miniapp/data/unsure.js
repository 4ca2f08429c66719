// @ts-check
/**
 * How much is unread in tickets of which frames alone have told, or several messages at once: asked for, one after the
 * other, where their list is shown and somebody looks. Loaded after the first rows.
 */
import { touch } from "../core/store.js";
import { isVisible } from "../core/telegram.js";
import { fetchTicket, rows, unsure } from "./tickets.js";

/** Of a burst the last frame is waited for. */
const GATHER_MS = 300;
/** Until the same ticket is asked for again. */
const REST_MS = 5_000;

/** @type {Map<string, number>} */
const askedAt = new Map();
let asking = false;

/** With each drawing of the list. @param {{ids: Set<string>}} list */
export async function askUnsure({ ids }) {
  if (asking || !isVisible() || ![...unsure].some((id) => ids.has(id))) return;
  asking = true;
  await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
  for (const id of [...unsure]) {
    if (!ids.has(id)) continue;
    const rest = (askedAt.get(id) ?? -REST_MS) + REST_MS - performance.now();
    if (rest > 0) setTimeout(() => askUnsure({ ids }), rest);
    else await ask(id);
  }
  asking = false;
}

/** @param {string} id */
async function ask(id) {
  askedAt.set(id, performance.now());
  try {
    const found = await fetchTicket(id);
    if (found.sequence >= (rows.get(id)?.sequence ?? 0)) unsure.delete(id); // or it went on meanwhile
    if (found.unread) touch(`thread:${id}`); // what is on the screen is seen, and told, once more
  } catch (error) {
    if (!(/** @type {any} */ (error).isPassing)) unsure.delete(id); // else with another drawing
  }
}
