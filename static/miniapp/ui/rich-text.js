// @ts-check
/**
 * A text with Telegram's entities as elements. Offsets and lengths count UTF-16 code units, as JavaScript does. Whatever
 * an entity says, every character of the text appears once, in its order, and nothing of it becomes markup.
 */
import { t } from "../core/i18n.js";
import { linkTo, withLinks } from "./links.js";

/** @typedef {{type: string, offset: number, length: number, url?: string, language?: string}} Entity */

/** @type {Record<string, string>} */
const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "code" };

/** @param {string} text @param {Entity[]} entities @returns {(string | Node)[]} */
export function richText(text, entities) {
  const sound = entities.map((entity) => fitted(entity, text)).filter(({ length }) => length > 0);
  // what begins first is outside; of two that begin together, the longer
  sound.sort((a, b) => a.offset - b.offset || b.length - a.length);
  return build(text, sound, 0, text.length);
}

/** Within the text, and never through the middle of a character. @param {Entity} entity @param {string} text @returns {Entity} */
function fitted(entity, text) {
  const edge = (/** @type {number} */ at) => {
    const inside = Math.max(0, Math.min(text.length, Math.trunc(at) || 0));
    return /[\udc00-\udfff]/.test(text[inside] ?? "") && /[\ud800-\udbff]/.test(text[inside - 1] ?? "")
      ? inside - 1
      : inside;
  };
  const offset = edge(entity.offset);
  return { ...entity, offset, length: edge(entity.offset + entity.length) - offset };
}

/** The part from `begin` to `end`; an entity that leaves its parent ends with it. @param {string} text @param {Entity[]} entities in order @param {number} begin @param {number} end */
function build(text, entities, begin, end) {
  /** @type {(string | Node)[]} */
  const parts = [];
  let at = begin;
  for (let index = 0; index < entities.length; index++) {
    const entity = entities[index];
    if (entity.offset < at || entity.offset >= end) continue;
    const stop = Math.min(end, entity.offset + entity.length);
    const inner = entities.slice(index + 1).filter(({ offset }) => offset < stop);
    parts.push(...withLinks(text.slice(at, entity.offset)));
    const raw = text.slice(entity.offset, stop);
    const bare = /^(url|text_link|code|pre|email|phone_number|mention)$/.test(entity.type) && !inner.length;
    parts.push(elementOf(entity, raw, bare ? [raw] : build(text, inner, entity.offset, stop)));
    at = stop;
  }
  return [...parts, ...withLinks(text.slice(at, end))];
}

/** @param {Entity} entity @param {string} raw @param {(string | Node)[]} inside @returns {string | Node} */
function elementOf(entity, raw, inside) {
  switch (entity.type) {
    case "text_link":
      return linkTo(entity.url ?? "", inside);
    case "url":
      return linkTo(/^[a-z][\w+.-]*:/i.test(raw) ? raw : `https://${raw}`, inside);
    case "email":
      return linkTo(`mailto:${raw}`, inside);
    case "phone_number":
      return linkTo(`tel:${raw.replace(/[^\d+]/g, "")}`, inside);
    case "mention":
      return linkTo(`https://t.me/${raw.replace(/^@/, "")}`, inside);
    case "spoiler":
      return spoiler(inside);
  }
  const element = document.createElement(TAGS[entity.type] ?? "span");
  element.append(...inside);
  if (entity.type === "pre") element.className = "is-block";
  if (entity.type.endsWith("blockquote")) element.className = "cited";
  return element;
}

/** Hidden until it is asked for, also from those who listen. @param {(string | Node)[]} inside */
function spoiler(inside) {
  const element = document.createElement("span");
  element.className = "spoiler";
  element.tabIndex = 0;
  element.setAttribute("role", "button");
  element.setAttribute("aria-label", t("spoiler"));
  const hidden = document.createElement("span");
  hidden.append(...inside);
  element.append(hidden);
  const show = (/** @type {Event} */ event) => {
    if (event instanceof KeyboardEvent && event.key !== "Enter" && event.key !== " ") return;
    if (element.classList.contains("is-shown")) return;
    event.preventDefault();
    element.classList.add("is-shown");
    for (const name of ["role", "aria-label", "tabindex"]) element.removeAttribute(name);
  };
  for (const type of ["click", "keydown"]) element.addEventListener(type, show);
  return element;
}
