// @ts-check
/**
 * Ways into a tab of an ordinary browser that has none of its own: one opened from a link, or a copy of another ("Duplicate tab"
 * copies the refresh token too, and whoever uses one twice ends the sign-in). A living tab of the same person lends one: it makes a
 * one-time link, whose secret goes over a channel of this origin to the page that asked, and nowhere else.
 */
import { inTab } from "../core/storage.js";
import { initData } from "../core/telegram.js";
import { hasRefresh, keepTokens, request } from "./api.js";
import { isStaff, session, signIn } from "./session.js";

/** In the tab, as long as its page lives (boot.js reads it): the page's name. Whoever finds one held by its lock is a copy. */
const PAGE = "desk.living";
const PERSON = "desk.person";
const LIVES = "desk.lives.";
const LENDS = "desk.lends.";
const ASKED = "desk.asked.";
const HEARD_MS = 1_000;
const LENT_MS = 20_000; // the other tab's own requests end earlier

let page = "";

/** Whether the lock was to be had; then it is held until this page is gone. @param {string} name @returns {Promise<boolean>} */
const hold = (name) =>
  new Promise((resolve) => {
    const take = (/** @type {Lock | null} */ lock) => {
      resolve(Boolean(lock));
      return lock && new Promise(() => {});
    };
    if (!navigator.locks) return resolve(true);
    navigator.locks.request(name, { ifAvailable: true }, take).catch(() => resolve(true)); // denied: as without locks
  });

/**
 * Signs in where boot.js knows no way; null where nobody lends one.
 * @param {(error: Desk.ApiError) => Promise<Desk.SignIn>} asBefore what is done without an answer
 * @returns {Promise<Desk.SignIn | null>}
 */
export async function enter(asBefore) {
  if (hasRefresh()) {
    const left = inTab.get(PAGE); // by a page that lives, or by one that crashed
    if (await hold(LIVES + left)) {
      page = left;
      return signIn().catch(asBefore);
    }
    inTab.set(PAGE, null);
    keepTokens({ access: "", refresh: "" });
  }
  const { held } = await navigator.locks?.query().catch(() => null) ?? {};
  const lenders = (held ?? []).map(({ name = "" }) => name).filter((name) => name.startsWith(LENDS));
  const own = LENDS + inTab.get(PERSON);
  const [lender, another] = inTab.get(PERSON) ? lenders.filter((name) => name === own) : lenders;
  if (!lender || another) return null; // nobody, or two people of whom neither can be chosen
  // one after the other: a person's new link makes the one before useless
  return navigator.locks.request("desk.enters", async () => {
    const secret = await borrow(lender);
    if (!secret) return null;
    history.replaceState(history.state, "", `${location.pathname}${location.search}#enter=${secret}`);
    return signIn();
  });
}

/** The secret of a one-time link, "" where none comes. @param {string} lender @returns {Promise<string>} */
function borrow(lender) {
  const me = crypto.randomUUID();
  const [question, answer] = [new BroadcastChannel(lender), new BroadcastChannel(ASKED + me)];
  return new Promise((/** @type {(secret: string) => void} */ resolve) => {
    setTimeout(resolve, LENT_MS, "");
    const unheard = setTimeout(resolve, HEARD_MS, "");
    answer.onmessage = ({ data: secret }) => {
      clearTimeout(unheard);
      if (secret !== null) resolve(secret); // null: it is on its way
    };
    question.postMessage(me);
  }).finally(() => {
    question.close();
    answer.close();
  });
}

/** From now on this tab is known to live, and lends the person's others a way in when its turn has come. */
export async function live() {
  if (initData()) return; // what Telegram vouches for stays with Telegram
  if (!page) {
    page = crypto.randomUUID();
    await hold(LIVES + page);
  }
  inTab.set(PAGE, page);
  inTab.set(PERSON, session.me.id);
  addEventListener("pagehide", () => inTab.set(PAGE, null)); // the tab's next page is no copy
  addEventListener("pageshow", () => inTab.set(PAGE, page));
  if (!isStaff()) return;
  const name = LENDS + session.me.id;
  // exactly one answers: whoever holds the lock, as long as its page lives
  navigator.locks?.request(name, () => {
    new BroadcastChannel(name).onmessage = ({ data }) => lend(data);
    return new Promise(() => {});
  }).catch(() => {});
}

/** @param {string} page that asks */
async function lend(page) {
  const channel = new BroadcastChannel(ASKED + page);
  channel.postMessage(null);
  const secret = await request("POST", "auth/browser-link/").then(({ url }) => url.split("#enter=")[1], () => "");
  channel.postMessage(secret);
  channel.close();
}
