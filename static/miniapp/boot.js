// @ts-check
/** The start: Telegram's colours, the sign-in, then the face that fits the person. */
import { byId, clone, onAction } from "./core/dom.js";
import { t } from "./core/i18n.js";
import { inTab } from "./core/storage.js";
import { isLost, orTell, watch } from "./core/store.js";
import { initData, loaded, paintEarly, setBack, showApp } from "./core/telegram.js";
import { accessToken, ApiError, hasRefresh, wasSignedIn } from "./data/api.js";
import { entryCode, isStaff, session, signIn } from "./data/session.js";
import { onFrame, startSocket } from "./data/socket.js";
import { followTickets } from "./data/tickets.js";
import { again, insist } from "./ui/late.js";

const LOG_MS = 1_000;
/** What is said where opening it again helps nobody. @type {Record<string, Notice>} */
const REFUSED = { link_used: "link-used", account_disabled: "blocked", init_data_invalid: "refused" };

/** @typedef {"outside" | "expired" | "link-used" | "blocked" | "refused" | "unreachable" | "broken"} Notice */

/** @type {Desk.Boot} */
const boot = JSON.parse(byId("boot").textContent);

/** Tells the desk of errors; those before it is there wait. */
const begun = new Promise((resume) => setTimeout(resume, LOG_MS));
const log = () => begun.then(() => import("./core/log.js")).catch(() => null);
for (const kind of ["error", "unhandledrejection", "securitypolicyviolation"]) {
  addEventListener(kind, (event) => log().then((found) => found?.report(event, accessToken())));
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

/** A ticket that the link names (`startapp=ticket_42`), unless the address names one; once, also over reloads. Whether one may see it, its screen says. */
function openDeepLink() {
  const [, number] = /start_param=ticket_(\d+)(&|$)/.exec(initData()) ?? [];
  if (number && location.pathname === boot.root && !history.state) {
    history.replaceState({ depth: 0 }, "", `${boot.root}tickets/${number}${location.search}${location.hash}`);
  }
}

/** A page of its own instead of the app. @param {Notice} name @param {() => void} [again] */
function showNotice(name, again) {
  const { node } = clone(name);
  onAction(node, { again: () => again?.() }, new AbortController().signal);
  byId("app").dataset.pane = "notice";
  byId("list-pane").inert = false;
  byId("detail-pane").replaceChildren();
  byId("list-pane").replaceChildren(node);
  node.querySelector("h1")?.focus({ preventScroll: true });
}

/** Without an answer: as it was before, where that is known. @param {ApiError} error @returns {Promise<Desk.SignIn>} */
const asBefore = async (error) => {
  const answer = await import("./data/kept.js").then(({ startAsBefore }) => startAsBefore(error), orTell);
  if (answer) return answer;
  throw error;
};

/** Whether this page has a way in that is surely its own; a copied tab holds another page's (data/entering.js). */
const known = () => initData() || entryCode() || (hasRefresh() && !inTab.get("desk.living"));

/** Where its module does not arrive, nothing is as before: the tokens may be another page's. @returns {Promise<Desk.SignIn | null>} */
const enter = () => import("./data/entering.js").then((entering) => entering.enter(asBefore));

/** What does not arrive though the desk is heard comes with a reload alone; told here, since later.js may be what is missing. */
const lookComplete = async () => {
  if (await again()) import("./ui/update.js").then(({ showUpdate }) => showUpdate(t("incomplete"))).catch(orTell);
};

async function start() {
  paintEarly();
  watch("signed-out", () => {
    // the start itself says so
    if (!session.me.id) return;
    // a new page: nothing of what was shown is left, in this one, behind it, or to its keys
    setBack(null);
    location.reload();
  });
  // beside Telegram's script
  const signing = known() ? signIn() : null;
  signing?.catch(() => {});
  await loaded();
  showApp();
  // a link that is opened where the page is already changes the address only
  addEventListener("hashchange", () => entryCode() && location.reload());
  try {
    const answer = await (signing || known() ? (signing ?? signIn()).catch(asBefore) : enter());
    if (!answer) return showNotice(wasSignedIn ? "expired" : "outside");
    if (!inOwnLanguage()) return;
    const entry = await (isStaff() ? import("./agent.js") : import("./customer.js"));
    followTickets();
    openDeepLink();
    entry.start(answer);
    startSocket(answer.socket_ticket);
    insist(() => import("./later.js"), ({ goOn }) => goOn(boot.version, answer));
    onFrame("heartbeat", lookComplete);
  } catch (error) {
    const reload = () => location.reload();
    if (isLost(error)) return showNotice("unreachable", reload); // what the start cannot do without did not arrive
    if (!(error instanceof ApiError)) {
      showNotice("broken", reload);
      throw error; // told as any other
    }
    if (error.isPassing) showNotice("unreachable", reload);
    else showNotice(REFUSED[error.code] ?? "expired");
  }
}

start();
