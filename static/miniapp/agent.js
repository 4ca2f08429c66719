// @ts-check
/** The app of staff: the inbox, and the conversation with their tools. The inbox is there first. */
import { startRouter } from "./core/router.js";
import { orTell } from "./core/store.js";
import { mountInbox } from "./screens/inbox.js";
import { insist, lateStyles } from "./ui/late.js";

const AT_LEISURE_MS = 300;

const conversation = () =>
  Promise.all([import("./screens/chat.js"), import("./screens/staff-tools.js"), lateStyles("chat")]);

/** @param {HTMLElement} root @param {string[]} params @param {AbortSignal} signal */
async function mountTicket(root, params, signal) {
  const [{ mountChat }, { mountStaffTools }] = await conversation();
  mountChat(root, params, signal, mountStaffTools);
}

/** The keys of the whole app come with the first one that is no text: Escape leads out of a text. @param {Desk.VirtualList} list the inbox's */
function listenToKeys(list) {
  const first = async (/** @type {KeyboardEvent} */ event) => {
    const palette = (event.ctrlKey || event.metaKey) && event.code === "KeyK";
    if (palette) event.preventDefault();
    const field = /** @type {Element} */ (event.target).closest("input, textarea, select, dialog");
    if (field && !palette && !(event.key === "Escape" && field.matches("textarea"))) return;
    const keys = await import("./screens/shortcuts.js").catch(orTell); // the next key asks again
    if (keys) removeEventListener("keydown", first);
    keys?.press(event, list);
  };
  addEventListener("keydown", first);
}

/** @param {Desk.SignIn} answer */
export function start(answer) {
  listenToKeys(mountInbox(answer.tickets));
  startRouter([
    [/^tickets\/(\d+)$/, mountTicket],
    [/^me$/, async (...place) => (await import("./screens/me.js")).mountMe(...place)],
    [/^notifications$/, async (...place) => (await import("./screens/notifications.js")).mountNotifications(...place)],
  ]);
  setTimeout(() => insist(conversation), AT_LEISURE_MS);
  setTimeout(() => insist(() => import("./screens/bell.js"), ({ startBell }) => startBell()), AT_LEISURE_MS);
}
