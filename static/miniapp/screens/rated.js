// @ts-check
/** The rating of a ticket that is done: asked for, and its words kept until they are saved. Loaded with the first such ticket. */
import { act } from "../data/acts.js";
import { draft, saveDraft } from "../data/drafts.js";
import { isStaff, serverNow } from "../data/session.js";
import { rows } from "../data/tickets.js";
import { drawRating } from "../ui/rating.js";
import { run } from "./running.js";

/** @param {HTMLElement} place @param {string} id the ticket's @param {AbortSignal} signal */
export function drawRated(place, id, signal) {
  const name = `${id}.rating`;
  drawRating(place, /** @type {Desk.Ticket} */ (rows.get(id)), {
    staff: isStaff(),
    now: serverNow,
    rate: (given) => run(() => act(id, "rate", given)),
    draft: () => draft(name),
    saveDraft: (comment) => saveDraft(name, comment),
  }, signal);
}
