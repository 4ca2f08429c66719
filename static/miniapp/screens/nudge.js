// @ts-check
/** After an answer in a ticket that nobody has: one press, and it is one's own. */
import { t } from "../core/i18n.js";
import { rows } from "../data/tickets.js";
import { lateStyles } from "../ui/late.js";
import { offer } from "../ui/offer.js";
import { take } from "./ticket-actions.js";

const STANDS_SECONDS = 12;
/** @type {HTMLElement | null} */
let offered = null;

/** @param {string} id the ticket's */
export async function offerTaking(id) {
  await lateStyles();
  if (rows.get(id)?.assignee !== null) return;
  offered?.remove();
  offered = offer("nudge", t("nobody_has_it"), () => take(id), STANDS_SECONDS);
}
