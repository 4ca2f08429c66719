// @ts-check
/** What staff do with a ticket besides writing: take it, set its status, put it aside. */
import { clone, onAction, setText, toast } from "../core/dom.js";
import { t, untilOf } from "../core/i18n.js";
import { orTell, watch } from "../core/store.js";
import { session } from "../data/session.js";
import { rows } from "../data/tickets.js";
import { drawAvatar, drawStatus, nameOf } from "../ui/words.js";

/** @param {HTMLElement} place @param {string} id @param {AbortSignal} signal */
export function mountStaffTools(place, id, signal) {
  const { node, refs } = clone("staff-tools");
  const draw = () => drawTools(refs, /** @type {Desk.Ticket} */ (rows.get(id)));
  const wide = matchMedia("(min-width: 1100px)");
  const press = async (/** @type {HTMLElement} */ button) => {
    const bar = wide.matches && place; // as it was pressed, not as the window is once the module is there
    const card = await import("./side-card.js").catch(orTell);
    if (!card) toast(t("error_network"));
    else if (!signal.aborted) card.press(button.dataset.action ?? "", bar, id, signal);
  };
  onAction(node, { take: press, status: press, snooze: press, wake: press, card: press }, signal);
  if (wide.matches) press(refs.card);
  watch(`ticket:${id}`, draw, signal);
  watch("tickets", draw, signal);
  place.replaceChildren(node);
  draw();
}

/** @param {Record<string, any>} refs @param {Desk.Ticket} ticket */
function drawTools(refs, ticket) {
  const mine = ticket.assignee?.id === session.me.id;
  refs.avatar.hidden = !ticket.assignee;
  drawAvatar(refs.avatar, ticket.assignee);
  setText(refs.assignee, mine ? t("assigned_you") : ticket.assignee ? nameOf(ticket.assignee) : t("nobody"));
  refs.take.hidden = mine || ticket.status === "closed";
  drawStatus(refs.status, ticket.status, true);
  const until = ticket.snoozed_until;
  refs.snooze.hidden = /resolved|closed/.test(ticket.status);
  refs.aside.hidden = !until;
  setText(refs.until, until ? t("put_aside_until", { when: untilOf(until) }) : "");
  if (ticket.sla) import("./row-extras.js").then(({ drawClock }) => drawClock(refs.clock, ticket)).catch(orTell);
}
