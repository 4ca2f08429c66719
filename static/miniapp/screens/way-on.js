// @ts-check
/** The way from a merged ticket to where it goes on, and back, though its module may not arrive at first. */
import { clone } from "../core/dom.js";
import { orTell } from "../core/store.js";
import { isStaff } from "../data/session.js";
import { rows } from "../data/tickets.js";
import { insist } from "../ui/late.js";

/** Visits that wait for the way to the ticket with which theirs was merged. @type {WeakSet<AbortSignal>} */
const waiting = new WeakSet();

/** The module of merged tickets shows the way; where it does not arrive it is said that there is one, and asked for again. @param {Record<string, any>} refs of the chat @param {Desk.Ticket} ticket @param {AbortSignal} signal */
export async function leadToOther(refs, ticket, signal) {
  const load = () => import("./merged.js");
  const merged = await load().catch(orTell);
  if (signal.aborted) return;
  if (merged) return merged.drawMerged(refs, ticket, isStaff());
  if (ticket.merged_into && !refs.foot.firstChild) {
    const { node, refs: { mergedInto } } = clone("merged");
    mergedInto.remove();
    refs.foot.replaceChildren(node);
  }
  if (waiting.has(signal)) return;
  waiting.add(signal);
  insist(load, (it) => signal.aborted || it.drawMerged(refs, rows.get(ticket.id) ?? ticket, isStaff()));
}
