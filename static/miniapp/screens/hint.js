// @ts-check
/** A line above the field in which a customer writes: how to reopen what is done, or when an answer comes. */
import { setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { serverNow, session } from "../data/session.js";
import { rows } from "../data/tickets.js";
import { expectationText } from "../ui/expectation.js";

/** @param {HTMLElement} foot @param {Desk.Ticket} ticket */
export function drawHint(foot, ticket) {
  const line = /** @type {HTMLElement | null} */ (foot.querySelector(".hint"));
  if (!line) return;
  const { status } = rows.get(ticket.id) ?? ticket; // it may have changed while this module came
  const waits = status === "new" ? expectationText(session.config.expected_answer, serverNow()) : "";
  const text = status === "resolved" ? t("reopen_hint") : waits;
  line.hidden = !text;
  setText(line, text);
}
