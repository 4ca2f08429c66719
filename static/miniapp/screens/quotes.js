// @ts-check
/**
 * What messages quote and what is not loaded, because it stands far above or in a ticket that was merged. It is known for
 * one visit of a conversation, and only until it changes: the words of a message that is removed go at once.
 */
import { request } from "../data/api.js";

/**
 * `found`: null until it is there, undefined where it cannot be seen; `changes`: what was known of it when it was asked for.
 * @typedef {{found: Desk.Message | null | undefined, changes: string}} Quote
 */

/** @type {WeakMap<AbortSignal, Map<string, Quote>>} */
const visits = new WeakMap();
/** One is asked for after the other. @type {Promise<unknown>} */
let asking = Promise.resolve();

/** A quoted message as far as it is known; asked for with the first drawing, and with the first one after each change. @param {Desk.Visit} visit @param {string} id */
export function quotedIn({ conversation, redraw, signal }, id) {
  const known = visits.get(signal) ?? new Map();
  visits.set(signal, known);
  const told = conversation.thread.unseen.get(id) ?? [];
  const changes = `${conversation.thread.since}:${told.filter(({ type }) => type !== "message_delivery").length}`;
  if (known.get(id)?.changes === changes) return known.get(id).found;
  /** @type {Quote} */
  const quote = { found: null, changes };
  known.set(id, quote);
  asking = asking.then(() => request("GET", `messages/${id}/`, { signal })).then((found) => {
    quote.found = found;
    redraw();
  }).catch(({ status }) => {
    quote.found = undefined;
    if (status === 404) redraw();
    else if (known.get(id) === quote) known.delete(id); // the next drawing asks again
  });
  return null;
}

/** @param {AbortSignal} signal of the visit @param {string} id @returns {Desk.Message | null | undefined} */
export const knownQuote = (signal, id) => visits.get(signal)?.get(id)?.found;

/**
 * Any message; one that is not loaded is asked for, once the conversation is there.
 * @param {{conversation: () => Desk.Conversation | null, message: (id: string) => Desk.Message | undefined, redraw: () => void} | undefined} owner
 * @param {string} id
 * @param {AbortSignal} signal of the visit
 */
export function messageIn(owner, id, signal) {
  const conversation = owner?.conversation();
  if (!owner || !conversation || conversation.thread.sequence < 0) return null;
  return owner.message(id) ?? quotedIn({ conversation, redraw: owner.redraw, signal }, id);
}
