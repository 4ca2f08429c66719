// @ts-check
/** Small ways to build the page. Text goes in as text only. */

/** @typedef {Node | string | null | undefined | false} Child */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. `class` and `text` are themselves, functions are listeners, `true` is an empty attribute.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean | ((event: any) => void) | undefined>} [props]
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else if (name === "class") node.className = String(value);
    else if (name === "text") node.textContent = String(value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A drawing of index.html. @param {string} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** A round button with a drawing. @param {string} name @param {string} label @param {(event: MouseEvent) => void} click @param {string} [more] */
export function iconButton(name, label, click, more = "") {
  return el("button", { type: "button", class: `round ${more}`, "aria-label": label, title: label, click }, icon(name));
}

/** A circle with initials, coloured by id as Telegram does. @param {{ id: number, first_name: string, last_name?: string }} who */
export function avatar(who) {
  const letters = (who.first_name[0] ?? "") + (who.last_name?.[0] ?? "");
  return el("span", { class: `avatar tone-${Math.abs(who.id) % 7}`, "aria-hidden": "true", text: letters });
}

/** @param {string} selector @returns {HTMLElement} */
export function find(selector) {
  const node = document.querySelector(selector);
  if (!(node instanceof HTMLElement)) throw new Error(`The page has no ${selector}`);
  return node;
}
