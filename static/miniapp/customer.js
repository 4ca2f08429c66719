// @ts-check
/** A customer's app: the own tickets, a new one, the conversation. The list is there first, the rest follows at once. */
import { startRouter } from "./core/router.js";
import { defineList, fillList } from "./data/tickets.js";
import { mountList } from "./screens/list.js";

const AT_LEISURE_MS = 300;

/** @param {Desk.SignIn} answer */
export function start(answer) {
  defineList("own", {}, () => true);
  fillList("own", answer.tickets);
  mountList("own");
  startRouter([
    [/^new$/, async (...place) => (await import("./screens/new-ticket.js")).mountNewTicket(...place)],
    [/^tickets\/(\d+)$/, async (...place) => (await import("./screens/chat.js")).mountChat(...place)],
  ]);
  setTimeout(() => {
    // without a network they come when they are needed
    Promise.all([import("./screens/chat.js"), import("./screens/new-ticket.js")]).catch(() => {});
  }, AT_LEISURE_MS);
}
