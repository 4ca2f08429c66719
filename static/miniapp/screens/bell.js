// @ts-check
/** The bell over the inbox: how much waits to be read, live. What is read in its ticket needs no second look. */
import { byId, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { path } from "../core/router.js";
import { inBrowser } from "../core/storage.js";
import { watch } from "../core/store.js";
import { isVisible, onVisibility } from "../core/telegram.js";
import { addNotification, followReading, loadNotifications, markRead, notifications } from "../data/notifications.js";
import { onFrame } from "../data/socket.js";
import { insist } from "../ui/late.js";
import { followSettings } from "./settings.js";

const MOST = 99;

/** Once, a moment after the inbox is there. */
export function startBell() {
  followReading();
  followSettings();
  onFrame("notification", ({ data, unread = 0 }) => {
    addNotification(data, unread);
    readShown();
  });
  onFrame("live", () => loadNotifications(true)); // what came meanwhile was told to nobody
  onVisibility(readShown);
  watch("route", readShown);
  watch("notifications", draw);
  loadNotifications().then(readShown);
  if (inBrowser.get("desk.sound")) insist(() => import("./sounding.js"), ({ startSounding }) => startSounding());
}

/** Those of the ticket that is being looked at. */
function readShown() {
  if (!isVisible()) return;
  const here = notifications.list.filter(({ read_at, ticket }) => !read_at && path() === `tickets/${ticket.number}`);
  // whether it was noted matters to nobody: it is counted again with the next page
  if (here.length) markRead(here.map(({ id }) => id)).catch(() => {});
}

function draw() {
  const { unread } = notifications;
  setText(byId("bell-count"), unread > MOST ? `${MOST}+` : String(unread || ""));
  setText(byId("bell-words"), unread ? t("notifications_unread", { count: unread }) : "");
}
