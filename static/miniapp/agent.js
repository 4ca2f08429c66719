// @ts-check
/** The app of staff: the inbox, and the conversation with their tools. The inbox is there first. */
import { startRouter } from "./core/router.js";
import { mountInbox } from "./screens/inbox.js";

const AT_LEISURE_MS = 300;

const conversation = () => Promise.all([import("./screens/chat.js"), import("./screens/staff-tools.js")]);

/** @param {HTMLElement} root @param {string[]} params @param {AbortSignal} signal */
async function mountTicket(root, params, signal) {
  const [{ mountChat }, { mountStaffTools }] = await conversation();
  mountChat(root, params, signal, mountStaffTools);
}

/** @param {HTMLElement} root @param {string[]} _params @param {AbortSignal} signal */
async function mountMe(root, _params, signal) {
  (await import("./screens/me.js")).mountMe(root, signal);
}

/** @param {Desk.SignIn} answer */
export function start(answer) {
  mountInbox(answer.tickets);
  startRouter([[/^tickets\/(\d+)$/, mountTicket], [/^me$/, mountMe]]);
  // without a network they come when they are needed
  setTimeout(() => conversation().catch(() => {}), AT_LEISURE_MS);
}
