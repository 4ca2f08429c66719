// @ts-check
/** A customer's app: the own tickets, a new one, the conversation. The list is there first, the rest follows at once. */
import { startRouter } from "./core/router.js";
import { defineList, fillList } from "./data/tickets.js";
import { mountList } from "./screens/list.js";
import { insist, lateStyles } from "./ui/late.js";

const AT_LEISURE_MS = 300;

const conversation = () => Promise.all([import("./screens/chat.js"), lateStyles("chat")]);
const form = () => Promise.all([import("./screens/new-ticket.js"), lateStyles("chat")]);

/** @param {Desk.SignIn} answer */
export function start(answer) {
  defineList("own", {}, () => true);
  fillList("own", answer.tickets);
  mountList("own");
  startRouter([
    [/^new$/, async (...place) => (await form())[0].mountNewTicket(...place)],
    [/^tickets\/(\d+)$/, async (...place) => (await conversation())[0].mountChat(...place)],
  ]);
  setTimeout(() => insist(() => Promise.all([conversation(), form()])), AT_LEISURE_MS);
}
