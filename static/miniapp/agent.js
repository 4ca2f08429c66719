// @ts-check
/** The app of staff: the inbox, and the conversation with their tools. The inbox is there first. */
import { startRouter } from "./core/router.js";
import { session } from "./data/session.js";
import { defineList, fillList, listOf } from "./data/tickets.js";
import { mountList } from "./screens/list.js";

const AT_LEISURE_MS = 300;
/** What still needs somebody. @type {Desk.Status[]} */
const ACTIVE = ["new", "open", "pending"];

/** @param {HTMLElement} root @param {string[]} params @param {AbortSignal} signal */
async function mountTicket(root, params, signal) {
  const [{ mountChat }, { mountStaffTools }] = await Promise.all([
    import("./screens/chat.js"),
    import("./screens/staff-tools.js"),
  ]);
  mountChat(root, params, signal, mountStaffTools);
}

/** @param {Desk.SignIn} answer */
export function start(answer) {
  const me = session.me.id;
  const active = (/** @type {Desk.Ticket} */ ticket) => ACTIVE.includes(ticket.status);
  const status = ACTIVE.join(",");
  defineList("mine", { assignee: "me", status }, (ticket) => ticket.assignee?.id === me && active(ticket));
  defineList("unassigned", { assignee: "none", status }, (ticket) => !ticket.assignee && active(ticket));
  defineList("all", {}, () => true);
  // the sign-in brings what is not closed; where that is all on one page, the first tabs need no request
  if (!answer.tickets.next) {
    for (const key of ["mine", "unassigned"]) {
      fillList(key, { results: answer.tickets.results.filter(listOf(key).holds), next: null });
    }
  }
  mountList(["mine", "unassigned", "all"]);
  startRouter([[/^tickets\/(\d+)$/, mountTicket]]);
  setTimeout(() => {
    // without a network they come when they are needed
    Promise.all([import("./screens/chat.js"), import("./screens/staff-tools.js")]).catch(() => {});
  }, AT_LEISURE_MS);
}
