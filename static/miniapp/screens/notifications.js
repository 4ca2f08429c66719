// @ts-check
/** What one should know, as a list: a press opens the ticket. Loaded with the press on the bell. */
import { clone, keyed, onAction, setText } from "../core/dom.js";
import { fullTimeOf, t, whenOf } from "../core/i18n.js";
import { back, follow } from "../core/router.js";
import { watch } from "../core/store.js";
import { loadEarlier, loadNotifications, markRead, notifications } from "../data/notifications.js";
import { lateStyles } from "../ui/late.js";
import { run } from "./running.js";

/** What each kind looks like. @type {Record<string, string>} */
const ICONS = {
  ticket_created: "plus",
  ticket_assigned: "take",
  ticket_status_changed: "sent",
  ticket_woken: "clock",
  ticket_merged: "more",
  message_received: "chat",
  delivery_failed: "alert",
};

/** @param {HTMLElement} root @param {string[]} _params @param {AbortSignal} signal */
export async function mountNotifications(root, _params, signal) {
  await lateStyles();
  if (signal.aborted) return;
  const { node, refs } = clone("notifications");
  onAction(node, {
    back,
    openNotification: (link, event) => {
      run(() => markRead([link.dataset.id ?? ""]));
      follow(link, event);
    },
    readAll: () => run(() => markRead(null)),
    earlier: () => run(loadEarlier),
    reload: () => loadNotifications(),
  }, signal);
  const draw = () => drawList(refs);
  watch("notifications", draw, signal);
  root.replaceChildren(node);
  draw();
  loadNotifications();
}

/** @param {Record<string, any>} refs */
function drawList(refs) {
  const { list, state, unread, next } = notifications;
  refs.readAll.disabled = !unread;
  refs.loading.hidden = state !== "loading" || list.length > 0;
  refs.failed.hidden = state !== "failed";
  refs.none.hidden = state !== "ready" || list.length > 0;
  refs.earlier.hidden = !next;
  keyed(refs.list, list, ({ id }) => id, () => clone("notification"), drawNotification);
}

/** @param {Desk.Clone} view @param {Desk.Notification} one */
function drawNotification({ refs }, { id, kind, ticket, text, read_at, created_at }) {
  const address = `tickets/${ticket.number}`;
  refs.link.href = `/app/${address}`;
  refs.link.dataset.path = address;
  refs.link.dataset.id = id;
  refs.link.classList.toggle("is-unread", !read_at);
  refs.use.setAttribute("href", `#i-${ICONS[kind] ?? "chat"}`);
  setText(refs.text, text);
  setText(refs.state, read_at ? "" : t("unread_mark"));
  setText(refs.time, whenOf(created_at));
  refs.time.dateTime = created_at;
  refs.time.title = fullTimeOf(created_at);
}
