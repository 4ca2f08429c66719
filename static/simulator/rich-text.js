// @ts-check
/** A text with entities as nodes: offsets are UTF-16 code units, which is what JavaScript's strings count. */
import { el } from "./dom.js";

/** @typedef {import("./types.js").Entity} Entity */
/** What happens at a press. @typedef {{ command: (text: string) => void, link: (url: string) => void }} Presses */

const TAGS = /** @type {const} */ ({
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
});

/** @param {string} text @param {Entity[]} entities @param {Presses} presses @returns {DocumentFragment} */
export function richText(text, entities, presses) {
  const fragment = document.createDocumentFragment();
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  fill(fragment, text, sorted, 0, text.length, presses);
  return fragment;
}

/** @param {Node} parent @param {string} text @param {Entity[]} entities @param {number} start @param {number} end @param {Presses} presses */
function fill(parent, text, entities, start, end, presses) {
  let at = start;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    const stop = Math.min(entity.offset + entity.length, end);
    if (entity.offset < at || entity.offset >= end) continue;
    parent.appendChild(document.createTextNode(text.slice(at, entity.offset)));
    const node = wrap(entity, text.slice(entity.offset, stop), presses);
    fill(node, text, entities.slice(index + 1).filter((inner) => inner.offset < stop), entity.offset, stop, presses);
    parent.appendChild(node);
    at = stop;
  }
  parent.appendChild(document.createTextNode(text.slice(at, end)));
}

/** @param {Entity} entity @param {string} text @param {Presses} presses @returns {HTMLElement} */
function wrap(entity, text, presses) {
  if (entity.type in TAGS) return el(TAGS[/** @type {keyof typeof TAGS} */ (entity.type)]);
  if (entity.type === "spoiler") {
    return el("span", { class: "spoiler", click: (event) => event.currentTarget.classList.add("shown") });
  }
  if (entity.type === "bot_command") return link(() => presses.command(text));
  if (entity.type === "url" || entity.type === "text_link") {
    const url = entity.url ?? (text.includes("://") ? text : `https://${text}`);
    return link(() => presses.link(url));
  }
  return el("span", { class: ["mention", "hashtag", "email", "phone_number"].includes(entity.type) ? "tinted" : "" });
}

/** @param {() => void} press */
function link(press) {
  return el("button", { type: "button", class: "link", click: press });
}
