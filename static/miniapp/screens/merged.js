// @ts-check
/** How a ticket that was merged and the one where it goes on lead to each other. Loaded with the first such ticket. */
import { clone, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { follow } from "../core/router.js";
import { lateStyles } from "../ui/late.js";
import { carryRefused, carryUnfinished } from "./carrying.js";

/** @param {Record<string, any>} refs of the chat @param {Desk.Ticket} ticket @param {boolean} staff */
export function drawMerged({ foot, merged, tools }, { id, merged_into, merged_from = [] }, staff) {
  if (merged_into && !foot.querySelector("[data-ref=mergedInto]")) {
    const { node, refs } = clone("merged");
    refs.mergedInto.addEventListener("click", () => carryRefused(id, merged_into.id));
    drawLink(refs.mergedInto, merged_into, "go_on_in");
    foot.replaceChildren(node);
    carryUnfinished(id, merged_into.id);
  }
  const status = tools.querySelector("[data-ref=statusButton]");
  if (staff && merged_into && status) status.replaceWith(endOf(merged_into));
  merged.hidden = !merged_from.length;
  if (merged.childElementCount === merged_from.length) return;
  merged.replaceChildren(...merged_from.map((other) => {
    const { node } = clone("merged-from");
    drawLink(node, other, "merged_here");
    return node;
  }));
}

/** What stands instead of a status that nobody can change any more. @param {Desk.TicketLink} other */
export function endOf(other) {
  lateStyles().catch(() => {}); // without them it can be pressed too
  const { node, refs } = clone("merged-end");
  drawLink(refs.other, other, "ticket_number");
  return node;
}

/** @param {HTMLElement} link @param {Desk.TicketLink} to @param {string} text */
function drawLink(link, { number }, text) {
  const path = `tickets/${number}`;
  link.setAttribute("href", `/app/${path}`);
  link.dataset.path = path;
  link.addEventListener("click", (event) => follow(link, event));
  setText(link, t(text, { number }));
}
