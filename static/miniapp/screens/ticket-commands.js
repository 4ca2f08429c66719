// @ts-check
/**
 * What keys and the palette do with the ticket that is shown, besides pressing what stands above it: the buttons of these
 * stand in its card, which may not be open. Loaded with the first of them.
 */
import { categoryName } from "../core/categories.js";
import { clone } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { path } from "../core/router.js";
import { session } from "../data/session.js";
import { findByNumber } from "../data/tickets.js";
import { lateStyles } from "../ui/late.js";
import { choose, openSheet } from "../ui/sheet.js";
import { mergeTicket } from "./merge.js";
import { copy } from "./running.js";
import { chooseAssignee, PRIORITIES, setFields, setTags, tagsOf } from "./ticket-actions.js";

const NONE = "none";

/** `may`: where it cannot be done always. @type {Record<string, {may?: (ticket: Desk.Ticket) => boolean, act: (ticket: Desk.Ticket) => unknown}>} */
const COMMANDS = {
  assign: { may: ({ status }) => status !== "closed", act: ({ id }) => chooseAssignee(id) },
  priority: { act: choosePriority },
  category: { act: chooseCategory },
  tags: { act: chooseTags },
  card: { act: showCard },
  number: { act: copyNumber },
  merge: { may: ({ merged_into }) => !merged_into, act: ({ id }) => mergeTicket(id) },
};

/** What a command does now: null where there is no such command, no ticket, or it cannot be done with that. @param {string} name */
export function commandOf(name) {
  const ticket = findByNumber(Number(/^tickets\/(\d+)$/.exec(path())?.[1]));
  const command = ticket && COMMANDS[name];
  return command && command.may?.(ticket) !== false ? () => command.act(ticket) : null;
}

/** @param {Desk.Ticket} ticket */
async function choosePriority({ id, priority: before }) {
  const choices = PRIORITIES.map((value) => ({
    value,
    label: t(`priority_${value}`),
    chosen: value === before,
    plain: true,
  }));
  const priority = /** @type {Desk.Ticket["priority"] | null} */ (await choose(t("priority_title"), choices));
  if (priority && priority !== before) await setFields(id, { priority });
}

/** @param {Desk.Ticket} ticket */
async function chooseCategory({ id, category: before }) {
  const { categories } = session.config;
  const choices = [
    { value: NONE, label: t("no_category") },
    ...categories.map((one) => ({ value: one.id, label: categoryName(one) })),
  ];
  const own = before?.id ?? NONE;
  const chosen = await choose(
    t("category_title"),
    choices.map((one) => ({ ...one, chosen: one.value === own, plain: true })),
  );
  if (chosen && chosen !== own) await setFields(id, { category: categories.find((one) => one.id === chosen) ?? null });
}

/** @param {Desk.Ticket} ticket */
async function chooseTags({ id, tags }) {
  await lateStyles();
  const { node, refs } = clone("tags-sheet");
  refs.tags.value = (tags ?? []).join(", ");
  const before = tagsOf(refs.tags);
  if (await openSheet(/** @type {HTMLDialogElement} */ (node)) === "save") setTags(id, before, tagsOf(refs.tags));
}

/** As a pane it is there already, and the focus goes to it. */
function showCard() {
  const of = (/** @type {string} */ what) => /** @type {HTMLElement | null} */ (document.querySelector(`#app ${what}`));
  const pane = of(".side-card");
  if (!pane) return of("[data-action=card]")?.click();
  pane.tabIndex = -1; // in the sheet it would take the focus by itself
  pane.focus();
}

/** @param {Desk.Ticket} ticket */
function copyNumber({ number }) {
  return copy(t("ticket_number", { number }));
}
