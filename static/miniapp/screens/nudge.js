// @ts-check
/** After an answer in a ticket that nobody has: one press, and it is one's own. */
import { byId, clone, say } from "../core/dom.js";
import { rows } from "../data/tickets.js";
import { lateStyles } from "../ui/late.js";
import { take } from "./ticket-actions.js";

const STANDS_MS = 12_000;

/** @param {string} id the ticket's */
export async function offerTaking(id) {
  await lateStyles();
  if (rows.get(id)?.assignee !== null) return;
  const { node, refs } = clone("nudge");
  refs.take.addEventListener("click", () => {
    node.remove();
    take(id);
  });
  byId("toasts").replaceChildren(node);
  say(refs.text.textContent);
  setTimeout(() => node.remove(), STANDS_MS);
}
