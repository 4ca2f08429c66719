// @ts-check
/**
 * How much is unread in tickets of which frames alone have told, or several messages at once: asked for, one after the
 * other, where their list is shown, or they are open themselves, and somebody looks. Loaded after the first rows.
 */
import { touch } from "../core/store.js";
import { isVisible, onVisibility } from "../core/telegram.js";
import { conversations } from "./threads.js";
import { fetchTicket, rows, unsure } from "./tickets.js";

/** Of a burst the last frame is waited for. */
const GATHER_MS = 300;
/** Until the same ticket is asked for again. */
const REST_MS = 5_000;

/** @type {Map<string, number>} */
const askedAt = new Map();
let asking = false;
/** The list that was drawn last. @type {{ids: Set<string>}} */
let shown = { ids: new Set() };
/** Until the first that rests may be asked for again. @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

// what was drawn while nobody looked
onVisibility(askShown);

/** With each drawing of the list. @param {{ids: Set<string>}} list */
export function askUnsure(list) {
  shown = list;
  askShown();
}

async function askShown() {
  if (asking || !isVisible() || !due().length) return;
  asking = true;
  await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
  // what has become unsure meanwhile too, as long as answers come; what was asked for rests
  for (let id; isVisible() && (id = due().find((one) => restOf(one) <= 0)) && (await ask(id)););
  asking = false;
  clearTimeout(timer);
  const rests = due().map(restOf).filter((rest) => rest > 0);
  if (rests.length && isVisible()) timer = setTimeout(askShown, Math.min(...rests));
}

const due = () => [...unsure].filter((id) => shown.ids.has(id) || conversations.get(id)?.open);

/** Milliseconds. @param {string} id */
const restOf = (id) => (askedAt.get(id) ?? -REST_MS) + REST_MS - performance.now();

/** Whether an answer came. @param {string} id */
async function ask(id) {
  askedAt.set(id, performance.now());
  try {
    const found = await fetchTicket(id);
    if (found.sequence >= (rows.get(id)?.sequence ?? 0)) unsure.delete(id); // or it went on meanwhile
    if (found.unread) touch(`thread:${id}`); // what is on the screen is seen, and told, once more
  } catch (error) {
    if (/** @type {any} */ (error).isPassing) return false;
    unsure.delete(id);
  }
  return true;
}
