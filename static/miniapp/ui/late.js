// @ts-check
/** Stylesheets that the first page does without: of conversations and forms, and of what comes with a press. */
import { byId } from "../core/dom.js";

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
