// @ts-check
/** A line above the field in which a customer writes: how to reopen what is done, or when an answer comes. */
import { setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { serverNow, session } from "../data/session.js";
import { rows } from "../data/tickets.js";
import { atNextTurn, expectationText } from "../ui/expectation.js";

let timer = 0;

/** Until it is drawn anew; at the desk's opening and closing it draws itself. @param {HTMLElement} foot @param {Desk.Ticket} ticket */
export function drawHint(foot, ticket) {
  clearTimeout(timer);
  const line = /** @type {HTMLElement | null} */ (foot.querySelector(".hint"));
  if (!line) return;
  const { status } = rows.get(ticket.id) ?? ticket; // it may have changed while this module came
  const text = status === "resolved" ? t("reopen_hint") : waitText(status);
  line.hidden = !text;
  setText(line, text);
  const again = () => line.isConnected && drawHint(foot, ticket);
  timer = atNextTurn(session.config.expected_answer, serverNow(), again);
}

/** How long first answers take is no word about a ticket that has one. @param {Desk.Status} status */
function waitText(status) {
  const expected = session.config.expected_answer;
  if (!expected || status === "closed") return "";
  return expectationText(status === "new" ? expected : { ...expected, within: null }, serverNow());
}
