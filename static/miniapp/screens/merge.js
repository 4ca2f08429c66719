// @ts-check
/** Merging a ticket into another one of its customer. Loaded with the press that asks for it. */
import { toast } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { go } from "../core/router.js";
import { act } from "../data/acts.js";
import { request } from "../data/api.js";
import { rows } from "../data/tickets.js";
import { choose } from "../ui/sheet.js";
import { run } from "./running.js";
import { carryUnfinished } from "./unfinished.js";

const UNCLOSED = "new,open,pending,resolved";

/** Offers the customer's other tickets, and opens the one that was chosen. @param {string} id the ticket's */
export async function mergeTicket(id) {
  const { customer, sequence } = /** @type {Desk.Ticket} */ (rows.get(id));
  /** @type {Desk.Ticket[]} */
  let others = [];
  const found = await run(async () => {
    const page = await request("GET", `tickets/?${new URLSearchParams({ customer: customer.id, status: UNCLOSED })}`);
    others = page.results.filter((/** @type {Desk.Ticket} */ one) => one.id !== id);
  });
  if (!found) return;
  if (!others.length) return toast(t("merge_none"));
  const choices = others.map((one) => ({
    value: one.id,
    label: `${t("ticket_number", { number: one.number })} ${one.subject}`,
  }));
  const chosen = await choose(t("merge_title"), choices);
  const into = others.find((one) => one.id === chosen);
  if (!into) return;
  const merged = await run(
    () => act(id, "merge", { into: into.id, expected_sequence: sequence }),
    t("merge_done", { number: into.number }),
  );
  if (!merged) return;
  go(`tickets/${into.number}`); // what is left keeps its draft, which then goes along
  carryUnfinished(id, into.id);
}
