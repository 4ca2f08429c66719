// @ts-check
/** The start: Telegram's colours, the sign-in, then the face that fits the person. */
import { byId, clone, onAction } from "./core/dom.js";
import { inTab } from "./core/storage.js";
import { watch } from "./core/store.js";
import { initData, loaded, onVisibility, paintEarly, setBack, showApp } from "./core/telegram.js";
import { accessToken, ApiError, hasRefresh, wasSignedIn } from "./data/api.js";
import { dropOldDrafts } from "./data/drafts.js";
import { entryCode, isStaff, session, signIn } from "./data/session.js";
import { isLive, onFrame, startSocket } from "./data/socket.js";
import { followTickets } from "./data/tickets.js";

const WITHOUT_SOCKET_MS = 10_000;
const FACE_DAYS = 180;
const LOG_MS = 1_000;

/** @type {Desk.Boot} */
const boot = JSON.parse(byId("boot").textContent);

/** Tells the desk of errors; those before it is there wait. */
const log = new Promise((resume) => setTimeout(resume, LOG_MS)).then(() => import("./core/log.js")).catch(() => null);
for (const kind of ["error", "unhandledrejection", "securitypolicyviolation"]) {
  addEventListener(kind, (event) => log.then((found) => found?.report(event, accessToken())));
}

/** The bot's buttons carry `?lang=`; whoever comes without gets the own language by one reload. */
function inOwnLanguage() {
  const { language } = session.me;
  const query = new URLSearchParams(location.search);
  const asked = query.get("lang");
  if (language === boot.language || language === asked || !boot.languages.includes(language)) return true;
  query.set("lang", language);
  location.replace(`?${query}${location.hash}`);
  return false;
}

/** The next page fetches the right modules beforehand (chat/views.py). @param {string} face */
function rememberFace(face) {
  import("./core/cookies.js").then(({ setCookie }) => setCookie("desk_face", face, FACE_DAYS)).catch(() => {});
}

/** A ticket that the link names (`startapp=ticket_42`), unless the address names one; once, also over reloads. @param {Desk.SignIn} answer */
function openDeepLink({ ticket }) {
  if (ticket && location.pathname === boot.root && !history.state) {
    history.replaceState({ depth: 0 }, "", `${boot.root}tickets/${ticket.number}${location.search}${location.hash}`);
  }
}

/** Where sockets do not get through, requests go on. */
const goOn = () => isLive() || import("./data/without-socket.js").then(({ catchUp }) => catchUp()).catch(() => {});

/** A page of its own instead of the app. @param {"outside" | "expired" | "link-used" | "unreachable"} name @param {() => void} [again] */
function showNotice(name, again) {
  const { node } = clone(name);
  onAction(node, { again: () => again?.() }, new AbortController().signal);
  byId("app").dataset.pane = "notice";
  byId("list-pane").inert = false;
  byId("detail-pane").replaceChildren();
  byId("list-pane").replaceChildren(node);
  node.querySelector("h1")?.focus({ preventScroll: true });
}

/** @param {string | undefined} version the desk's; where it differs, this page is an old one */
function tellOfUpdate(version = boot.version) {
  if (version !== boot.version) import("./ui/update.js").then(({ showUpdate }) => showUpdate()).catch(() => {});
}

/** Without an answer: as it was before, where that is known. @param {ApiError} error @returns {Promise<Desk.SignIn>} */
const asBefore = (error) =>
  import("./data/kept.js").then(({ startAsBefore }) => startAsBefore(error)).catch(() => {
    throw error;
  });

/** Whether this page has a way in that is surely its own; a copied tab holds another page's (data/entering.js). */
const known = () => initData() || entryCode() || (hasRefresh() && !inTab.get("desk.living"));

/** @returns {Promise<Desk.SignIn | null>} */
const enter = () => import("./data/entering.js").then((entering) => entering.enter(asBefore), () => null);

async function start() {
  paintEarly();
  watch("signed-out", () => {
    if (!session.me.id) return; // the start itself says so
    // a new page: nothing of what was shown is left, in this one, behind it, or to its keys
    setBack(null);
    location.reload();
  });
  const signing = known() ? signIn() : null; // beside Telegram's script
  signing?.catch(() => {});
  await loaded();
  showApp();
  // a link that is opened where the page is already changes the address only
  addEventListener("hashchange", () => entryCode() && location.reload());
  try {
    const answer = await (signing || known() ? (signing ?? signIn()).catch(asBefore) : enter());
    if (!answer) return showNotice(wasSignedIn ? "expired" : "outside");
    if (!inOwnLanguage()) return;
    const face = isStaff() ? "agent" : "customer";
    rememberFace(face);
    const entry = await (isStaff() ? import("./agent.js") : import("./customer.js"));
    followTickets();
    openDeepLink(answer);
    entry.start(answer);
    import("./ui/connection.js").then(({ followConnection }) => followConnection(isLive)).catch(() => {});
    startSocket(answer.socket_ticket);
    import("./data/entering.js").then(({ live }) => live()).catch(() => {});
    setInterval(goOn, WITHOUT_SOCKET_MS);
    onVisibility(goOn);
    dropOldDrafts();
    tellOfUpdate(answer.config.version);
    onFrame("heartbeat", ({ data }) => tellOfUpdate(data.version));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.isPassing) showNotice("unreachable", () => location.reload());
    else showNotice(error.code === "link_used" ? "link-used" : "expired");
  }
}

start();
