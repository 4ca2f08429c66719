// @ts-check
/** What goes on beside the app once it is there. Comes after the first picture. */
import { orTell } from "./core/store.js";
import { keepContrast } from "./core/contrast.js";
import { setCookie } from "./core/cookies.js";
import { go, path } from "./core/router.js";
import { isVisible, onVisibility } from "./core/telegram.js";
import { catchUpSince } from "./data/catching-up.js";
import { dropOldDrafts } from "./data/drafts.js";
import { live } from "./data/entering.js";
import { sendOnLeaving } from "./data/leaving.js";
import { freshFiles, isStaff } from "./data/session.js";
import { isLive, onFrame } from "./data/socket.js";
import { followStanding } from "./data/standing.js";
import { followConnection } from "./ui/connection.js";
import { keepFocus } from "./ui/focus.js";
import { followKeyboard } from "./ui/keyboard.js";
import { refuseDropped } from "./ui/picked.js";
import { sayWhatFieldsTake } from "./ui/validity.js";

const WITHOUT_SOCKET_MS = 10_000;
const RENEW_MS = 30_000;
const FACE_DAYS = 180;

/** From now on. @param {string} own the page's version @param {Desk.SignIn} answer */
export function goOn(own, { config: { version = own }, server_time, tickets }) {
  keepContrast();
  followConnection(isLive);
  live();
  followStanding();
  sendOnLeaving();
  // where no answer has a time, all that has changed since the newest change is missing
  catchUpSince(server_time || (tickets.results[0]?.updated_at ?? ""));
  keepFocus();
  followKeyboard();
  refuseDropped();
  sayWhatFieldsTake();
  setInterval(catchUp, WITHOUT_SOCKET_MS);
  onVisibility(catchUp);
  // whoever looks at it never meets a key that has ended
  setInterval(() => void (isVisible() && freshFiles().catch(() => {})), RENEW_MS);
  // the next page fetches the right modules beforehand (chat/views.py)
  setCookie("desk_face", isStaff() ? "agent" : "customer", FACE_DAYS);
  dropOldDrafts();
  if (version !== own) offerReload();
  onFrame("live", askAgain);
  addEventListener("online", askAgain); // a socket may outlive a break
  // a window that grows has room for the card
  matchMedia("(min-width: 1100px)").addEventListener("change", ({ matches }) => {
    if (matches) press(document.querySelector("#detail-pane .staff-tools [data-action=card]"));
  });
  onFrame("heartbeat", ({ data }) => void ((data.version ?? own) !== own && offerReload()));
}

/** Where sockets do not get through, requests go on. */
const catchUp = () => isLive() || import("./data/without-socket.js").then(({ catchUp }) => catchUp()).catch(orTell);

/** This page is an old one. */
const offerReload = () => void import("./ui/update.js").then(({ showUpdate }) => showUpdate()).catch(orTell);

/** What could not be loaded without a network is asked for again as by its own button. */
function askAgain() {
  for (const button of document.querySelectorAll("[data-action=reload]")) press(button);
  // of a screen itself: here once more; its button fetches a new page, for browsers that remember what did not come
  const isWriting = document.activeElement?.matches("input, textarea");
  if (!isWriting && document.querySelector("[data-action=fetchAnew]")) go(path(), { replace: true, anew: true });
}

/** Where it is seen. @param {Element | null} button */
const press = (button) => button?.getClientRects().length && /** @type {HTMLElement} */ (button).click();
