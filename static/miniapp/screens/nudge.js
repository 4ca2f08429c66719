// @ts-check
/** After an answer in a ticket that nobody has: one press, and it is one's own. Goes with the ticket's screen. */
import { t } from "../core/i18n.js";
import { path } from "../core/router.js";
import { watch } from "../core/store.js";
import { rows } from "../data/tickets.js";
import { lateStyles } from "../ui/late.js";
import { offer } from "../ui/offer.js";
import { take } from "./ticket-actions.js";

const STANDS_SECONDS = 12;
/** @type {{node: HTMLElement, id: string} | null} */
let offered = null;

/** @param {string} id the ticket's */
export async function offerTaking(id) {
  await lateStyles();
  if (!isShown(id) || rows.get(id)?.assignee !== null) return;
  offered?.node.remove();
  offered = { node: offer("nudge", t("nobody_has_it"), () => take(id), STANDS_SECONDS), id };
}

watch("route", () => void (offered && !isShown(offered.id) && offered.node.remove()));

/** @param {string} id */
const isShown = (id) => path() === `tickets/${rows.get(id)?.number}`;
