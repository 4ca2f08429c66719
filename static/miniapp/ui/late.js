// @ts-check
/** What the first page does without: stylesheets of conversations, forms and presses, and modules that come by themselves. */
import { byId } from "../core/dom.js";
import { isLost } from "../core/store.js";

const AGAIN_MS = 10_000;

/** Asks once more for what has not arrived; not what is on its way. @type {Set<() => Promise<unknown>>} */
const missing = new Set();

/**
 * Runs what a module holds once it is there: where it does not arrive, it is asked for again, at once when the network is back.
 * One that fails in itself would do so again: that is an error as any other.
 * @template T @param {() => Promise<T>} load @param {(found: T) => unknown} [run]
 */
export function insist(load, run) {
  const ask = () =>
    load().then(run, (error) => {
      if (!isLost(error)) throw error;
      missing.add(ask);
    });
  ask();
}

setInterval(again, AGAIN_MS);
addEventListener("online", again);

/** Asks for what has not arrived; resolves to whether that was in vain (some engines keep a failure for as long as the page lives). */
export async function again() {
  const asks = [...missing];
  missing.clear();
  await Promise.all(asks.map((ask) => ask()));
  return missing.size > 0;
}

/** @type {Map<string, Promise<unknown>>} */
const coming = new Map();

/** Resolves once they are there, or cannot be had: then things are plain, and the next call asks again. @param {"chat" | "all"} [what] */
export function lateStyles(what = "all") {
  const names = what === "all" ? ["chat", "late"] : [what];
  return Promise.all(names.map((name) => {
    const asked = coming.get(name) ?? Promise.all(linksOf(name).map((link) => arrived(link, name)));
    coming.set(name, asked);
    return asked;
  }));
}

/** They stand where their template stands, so that their order is not that of their coming. @param {string} name @returns {HTMLElement[]} */
function linksOf(name) {
  const template = byId(`styles-${name}`);
  const links = [...template?.content.cloneNode(true).children ?? []]; // a page that begins with them has no template
  template?.before(...links);
  return links;
}

/** @param {HTMLElement} link @param {string} name */
function arrived(link, name) {
  return new Promise((/** @type {(value?: unknown) => void} */ done) => {
    link.addEventListener("load", done);
    link.addEventListener("error", () => {
      coming.delete(name);
      link.remove();
      done();
    });
  });
}
