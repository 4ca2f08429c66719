// @ts-check
/** What few rows have: who looks at the ticket, until when it is put aside or must be answered, that nothing reaches its customer. Loaded with the first of them. */
import { setText } from "../core/dom.js";
import { t, untilOf } from "../core/i18n.js";
import { viewersOf } from "../data/presence.js";
import { serverNow } from "../data/session.js";
import { lateStyles } from "../ui/late.js";
import { drawViewers } from "../ui/viewers.js";

const MINUTE_MS = 60_000;
const SOON_MS = 30 * MINUTE_MS;
/** The length of a unit in minutes, the longest first. @type {[string, number][]} */
const UNITS = [["day", 1440], ["hour", 60], ["minute", 1]];

lateStyles();

/** @param {Record<string, any>} refs of a row @param {Desk.Ticket} ticket */
export function drawExtras(refs, ticket) {
  drawViewers(refs.viewers, refs.viewing, viewersOf(ticket.id));
  const { clock } = refs;
  const until = ticket.snoozed_until && t("until", { when: untilOf(ticket.snoozed_until) });
  if (!ticket.unreachable && !until) return drawClock(clock, ticket);
  clock.dataset.tone = ticket.unreachable ? "unreachable" : "";
  setText(clock, [until, ticket.unreachable && t("delivery_blocked")].filter(Boolean).join(" · "));
}

/** How long there is until it must be answered, by the server's clock. @param {HTMLElement} place @param {Desk.Ticket} ticket */
export function drawClock(place, { sla, status }) {
  const due = status !== "resolved" && status !== "closed" && sla?.due_at;
  const left = due ? Date.parse(due) - serverNow() : 0;
  place.dataset.tone = !due ? "" : left < 0 ? "late" : left < SOON_MS ? "soon" : "";
  setText(place, due ? t(left < 0 ? "overdue_by" : "due_in", { time: lengthOf(Math.abs(left)) }) : "");
}

/** "2 h 5 min": the two longest units; what is shorter than a minute counts as one. @param {number} length milliseconds */
function lengthOf(length) {
  let minutes = Math.max(1, Math.floor(length / MINUTE_MS));
  const parts = UNITS.map(([unit, size]) => {
    const count = Math.floor(minutes / size);
    minutes -= count * size;
    return { unit, count };
  });
  const first = parts.findIndex(({ count }) => count);
  const { lang } = document.documentElement;
  return parts.slice(first, first + 2).filter(({ count }) => count).map(({ unit, count }) =>
    new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "short" }).format(count)
  ).join(" ");
}
