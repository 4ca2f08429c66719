// @ts-check
/**
 * The card of a ticket and its customer: the third pane of a wide window, a sheet elsewhere. Loaded where there is room
 * for it, or with the press that opens it.
 */
import { categoryName } from "../core/categories.js";
import { clone, onAction, setText } from "../core/dom.js";
import { t, untilOf } from "../core/i18n.js";
import { orTell, watch } from "../core/store.js";
import { session } from "../data/session.js";
import { rows } from "../data/tickets.js";
import { lateStyles } from "../ui/late.js";
import { openSheet } from "../ui/sheet.js";
import { drawStatus, nameOf } from "../ui/words.js";
import { mountCustomer } from "./customer-card.js";
import { pressed } from "./running.js";
import {
  assign,
  chooseAssignee,
  chooseStatus,
  PRIORITIES,
  setFields,
  setTags,
  snooze,
  tagsOf,
  take,
} from "./ticket-actions.js";

/** A button of the ticket's bar. @param {string} name @param {HTMLElement | false} bar where there was room for a third pane @param {string} id the ticket's @param {AbortSignal} signal the screen's */
export function press(name, bar, id, signal) {
  const place = bar && bar.closest(".place");
  if (name === "take") take(id);
  else if (name === "status") chooseStatus(id);
  else if (name === "snooze") openSnooze(id);
  else if (name === "wake") snooze(id, null);
  else if (place) mountCard(place, id, signal);
  else openCard(id, signal);
}

/** @param {string} id */
async function openSnooze(id) {
  const sheet = await pressed(import("./snooze.js"));
  sheet?.chooseTime(id);
}

/** @param {string} id */
async function openMerge(id) {
  const sheet = await pressed(import("./merge.js"));
  sheet?.mergeTicket(id);
}

/** The third pane. @param {Element} place @param {string} id @param {AbortSignal} signal */
async function mountCard(place, id, signal) {
  await lateStyles();
  if (signal.aborted || place.classList.contains("has-card")) return; // a window that grew again has it
  const { node, refs } = clone("side-card");
  fill(node, refs, id, signal);
  place.classList.add("has-card");
  place.append(node);
}

/** The sheet, which goes with the screen. @param {string} id @param {AbortSignal} signal */
async function openCard(id, signal) {
  await lateStyles();
  if (signal.aborted) return;
  const { node, refs } = clone("card-sheet");
  const dialog = /** @type {HTMLDialogElement} */ (node);
  const card = clone("side-card");
  refs.card.append(card.node);
  const closed = new AbortController();
  fill(card.node, card.refs, id, closed.signal);
  signal.addEventListener("abort", () => dialog.close(), { signal: closed.signal });
  openSheet(dialog).then(() => closed.abort());
}

/** @param {HTMLElement} node @param {Record<string, any>} refs @param {string} id @param {AbortSignal} signal */
function fill(node, refs, id, signal) {
  const draw = () => drawCard(refs, /** @type {Desk.Ticket} */ (rows.get(id)));
  for (const value of PRIORITIES) refs.priority.append(new Option(t(`priority_${value}`), value));
  refs.category.append(new Option(t("no_category"), ""));
  for (const category of session.config.categories) {
    refs.category.append(new Option(categoryName(category), category.id));
  }
  onAction(node, {
    status: () => chooseStatus(id),
    take: () => take(id),
    assign: () => chooseAssignee(id),
    free: () => assign(id, null),
    snooze: () => openSnooze(id),
    wake: () => snooze(id, null),
    merge: () => openMerge(id),
  }, signal);
  refs.priority.addEventListener("change", () => setFields(id, { priority: refs.priority.value }));
  refs.category.addEventListener("change", () => {
    const category = session.config.categories.find((one) => one.id === refs.category.value) ?? null;
    setFields(id, { category });
  });
  keepTags(refs.tags, id);
  watch(`ticket:${id}`, draw, signal);
  draw();
  mountCustomer(node, refs, id, signal);
}

/** A field that stands still while one writes. @param {HTMLInputElement} field @param {string} id */
function keepTags(field, id) {
  /** @type {string[]} */
  let before = [];
  field.addEventListener("focus", () => before = tagsOf(field));
  field.addEventListener("change", () => {
    if (!field.reportValidity()) return;
    const now = tagsOf(field);
    setTags(id, before, now);
    before = now;
  });
}

/** @param {Record<string, any>} refs @param {Desk.Ticket} ticket */
function drawCard(refs, ticket) {
  const { assignee, rating } = ticket;
  drawStatus(refs.status, ticket.status, true);
  setText(
    refs.assignee,
    assignee ? (assignee.id === session.me.id ? t("assigned_you") : nameOf(assignee)) : t("nobody"),
  );
  refs.take.hidden = assignee?.id === session.me.id || ticket.status === "closed";
  refs.assign.hidden = ticket.status === "closed";
  refs.free.hidden = !assignee || ticket.status === "closed";
  refs.mergeLine.hidden = Boolean(ticket.merged_into);
  if (ticket.merged_into) drawEnd(refs.statusButton, ticket.merged_into);
  const until = ticket.snoozed_until;
  refs.asideLine.hidden = !until && ["resolved", "closed"].includes(ticket.status);
  setText(refs.until, until ? t("until", { when: untilOf(until) }) : "");
  refs.snooze.hidden = Boolean(until);
  refs.wake.hidden = !until;
  refs.priority.value = ticket.priority ?? "normal";
  if (ticket.category && !session.config.categories.some(({ id }) => id === ticket.category?.id)) {
    refs.category.append(new Option(categoryName(ticket.category), ticket.category.id)); // one that is no longer offered
  }
  refs.category.value = ticket.category?.id ?? "";
  if (refs.tags !== document.activeElement) refs.tags.value = (ticket.tags ?? []).join(", ");
  refs.rating.hidden = !rating;
  setText(refs.score, rating ? t("rating_of", { score: rating.score }) : "");
  setText(refs.comment, rating?.comment ?? "");
}

/** @param {HTMLElement} button @param {Desk.TicketLink} other */
async function drawEnd(button, other) {
  const merged = await import("./merged.js").catch(orTell); // the next change asks again
  if (merged && button.isConnected) button.replaceWith(merged.endOf(other));
}
