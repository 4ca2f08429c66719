// @ts-check
/** Merging a ticket into another one of its customer: for good, so it asks first. Loaded with the press that asks for it. */
import { clone, setText, toast } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { go, path } from "../core/router.js";
import { haptic } from "../core/telegram.js";
import { act } from "../data/acts.js";
import { request } from "../data/api.js";
import { fetchTicket, rows } from "../data/tickets.js";
import { lateStyles } from "../ui/late.js";
import { choose, openSheet } from "../ui/sheet.js";
import { nameOf } from "../ui/words.js";
import { carryUnfinished } from "./carrying.js";
import { run } from "./running.js";
import { reasonOf } from "./ticket-actions.js";

const UNCLOSED = "new,open,pending,resolved";

/** Offers the customer's other tickets, asks whether one is sure, and opens the one that was chosen. @param {string} id the ticket's */
export async function mergeTicket(id) {
  const screen = path(); // who looks at something else by now is not asked, nor led away
  const ticket = /** @type {Desk.Ticket} */ (rows.get(id));
  /** @type {Desk.Ticket[]} */
  let others = [];
  const found = await run(async () => {
    const query = new URLSearchParams({ customer: ticket.customer.id, status: UNCLOSED });
    const page = await request("GET", `tickets/?${query}`);
    others = page.results.filter((/** @type {Desk.Ticket} */ one) => one.id !== id);
    await lateStyles();
  });
  if (!found || path() !== screen) return;
  if (!others.length) return toast(t("merge_none"));
  const choices = others.map((one) => ({
    value: one.id,
    label: `${t("ticket_number", { number: one.number })} ${one.subject}`,
    plain: true,
  }));
  const chosen = await choose(t("merge_title"), choices);
  const into = others.find((one) => one.id === chosen);
  if (!into || !await isSure(ticket, into)) return;
  try {
    await act(id, "merge", { into: into.id, expected_sequence: ticket.sequence });
  } catch (error) {
    haptic("error");
    return toast(await whyNot(id, into, /** @type {any} */ (error)));
  }
  haptic("success");
  toast(t("merge_done", { number: into.number }));
  const there = `tickets/${into.number}`;
  // what is left keeps its draft, which then goes along; what was opened meanwhile shows it
  if ([screen, there].includes(path())) go(there, { replace: path() === there, anew: true });
  carryUnfinished(id, into.id);
}

/** What goes where, and that no way leads back. @param {Desk.Ticket} ticket @param {Desk.Ticket} into */
async function isSure({ number, subject, customer }, into) {
  const { node, refs } = clone("merge");
  setText(refs.title, t("merge_sure", { number, other: into.number }));
  setText(refs.closes, t("merge_closes", { number, subject }));
  setText(refs.goesOn, t("merge_goes_on", { name: nameOf(customer), number: into.number, subject: into.subject }));
  const dialog = /** @type {HTMLDialogElement} */ (node);
  refs.merge.addEventListener("click", () => dialog.close("yes"));
  const answer = openSheet(dialog);
  dialog.querySelector("form")?.querySelector("button")?.focus(); // Enter alone merges nothing
  return await answer === "yes";
}

/** Which of both has changed meanwhile, and who was faster. @param {string} id @param {Desk.Ticket} into @param {Desk.ApiError} error */
async function whyNot(id, into, error) {
  if (!("person" in (error.data ?? {}))) return reasonOf(id, error);
  await fetchTicket(into.id).catch(() => {});
  const text = await reasonOf(id, error);
  const own = error.code === "stale" || (error.code === "ticket_merged" && rows.get(id)?.merged_into);
  const { number } = own ? /** @type {Desk.Ticket} */ (rows.get(id)) : into;
  return t("incoming", { name: t("ticket_number", { number }), text });
}
