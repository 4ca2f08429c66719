// @ts-check
/**
 * Addresses and the two panes. The list stays mounted, so that Back finds it as it was left; the other pane shows the
 * ticket of the address. A narrow page shows one of them, a wide one both (styles/base.css).
 */
import { hasBackButton, setBack } from "./telegram.js";
import { byId, clone, onAction } from "./dom.js";
import { orTell, touch } from "./store.js";

/** @typedef {(root: HTMLElement, params: string[], signal: AbortSignal) => void | Promise<void>} Screen */

const ROOT = "/app/";
const WIDE = "(min-width: 640px)";

/** @type {[RegExp, Screen][]} */
let routes = [];
/** @type {AbortController | null} */
let leaving = null;
let shownPath = "";
/** The filters, as they were set last. */
let query = "";

/** @param {[RegExp, Screen][]} table by the path behind /app/; where none fits, no ticket is chosen */
export function startRouter(table) {
  routes = table;
  query = location.search;
  addEventListener("popstate", () => {
    // filters that were set beside a ticket stay on the way back
    if (location.search !== query) history.replaceState(history.state, "", location.pathname + query + location.hash);
    show();
  });
  matchMedia(WIDE).addEventListener("change", markPanes);
  document.documentElement.classList.toggle("native-back", hasBackButton());
  show();
}

/** Goes to a path behind /app/, "" for the list; `anew`: also where it is shown. @param {string} path @param {{replace?: boolean, anew?: boolean}} [how] */
export function go(path, { replace = false, anew = false } = {}) {
  // which holds the sign-in where nothing is kept
  const url = ROOT + path + location.search + location.hash;
  const depth = history.state?.depth ?? 0;
  if (replace) history.replaceState({ depth }, "", url);
  else history.pushState({ depth: depth + 1 }, "", url);
  if (anew) shownPath = "";
  show();
}

/** One step back; from a page that was opened directly, to the list. */
export function back() {
  if (history.state?.depth > 0) history.back();
  else go("", { replace: true });
}

/** Changes what stands behind the `?` of this address, the list's filters; "" takes one away. @param {Record<string, string>} values */
export function setQuery(values) {
  const wanted = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) value ? wanted.set(name, value) : wanted.delete(name);
  query = `${wanted}` && `?${wanted}`;
  history.replaceState(history.state, "", location.pathname + query + location.hash);
  touch("route");
}

/** A click on a link to a path of ours; with a key held down it opens a tab of its own. @param {HTMLElement} link @param {Event} event */
export function follow(link, event) {
  if (/** @type {MouseEvent} */ (event).metaKey || /** @type {MouseEvent} */ (event).ctrlKey) return;
  event.preventDefault();
  go(link.dataset.path ?? "");
}

/** The path behind /app/. */
export const path = () => location.pathname.slice(ROOT.length);

/** Whether list and ticket are side by side. */
export const isWide = () => matchMedia(WIDE).matches;

function show() {
  touch("route");
  if (shownPath === path() && leaving) return;
  const first = !leaving;
  const previous = shownPath;
  shownPath = path();
  leaving?.abort();
  leaving = new AbortController();
  const root = byId("detail-pane");
  root.replaceChildren();
  root.scrollTop = 0;
  const desk = document.title = document.body.dataset.title ?? "";
  markPanes();
  setBack(shownPath ? back : null);
  mountScreen(root, leaving.signal).then(() => {
    if (shownPath !== path()) return;
    const name = headingOf()?.textContent;
    if (name && document.title === desk) document.title = `${name} · ${desk}`;
    if (!first) moveFocus(previous);
  });
}

/** @param {HTMLElement} root @param {AbortSignal} signal */
async function mountScreen(root, signal) {
  for (const [pattern, screen] of routes) {
    const params = pattern.exec(shownPath);
    if (!params) continue;
    // its module may still be on its way, and the reader gone meanwhile
    const place = document.createElement("div");
    place.className = "place";
    root.append(place);
    try {
      return await screen(place, params.slice(1), signal);
    } catch (error) {
      orTell(error);
      return offerReload(place, signal);
    }
  }
  root.append(clone("nothing-chosen").node);
}

/** A screen whose modules did not come: some browsers remember that, so that only a new page helps. @param {HTMLElement} place @param {AbortSignal} signal */
function offerReload(place, signal) {
  place.replaceChildren(clone("screen-failed").node);
  onAction(place, { fetchAnew: () => location.reload(), back }, signal);
}

function markPanes() {
  const pane = shownPath ? "detail" : "list";
  byId("app").dataset.pane = pane;
  byId("list-pane").inert = pane === "detail" && !isWide();
  byId("detail-pane").inert = pane === "list" && !isWide();
}

/** To the new screen's heading; back on the list, to the row one came from. @param {string} previous */
function moveFocus(previous) {
  const row = paneShown().querySelector(`a[href="${CSS.escape(ROOT + previous)}"]`);
  /** @type {HTMLElement | null} */ (row ?? headingOf())?.focus({ preventScroll: true });
}

const paneShown = () => byId(shownPath ? "detail-pane" : "list-pane");
const headingOf = () => paneShown().querySelector("h1");
