// @ts-check
/** Addresses in a text become links. Only schemes that lead to a page, a chat, a call or a letter. */

const ADDRESS = /https?:\/\/[^\s<>"']+[^\s<>"'.,:;!?)\]]/g;
const SAFE = /^(https?|tg|mailto|tel):/i;

/** @param {string} address @param {(string | Node)[]} inside @returns {string | Node} the text alone where the address is not to be trusted */
export function linkTo(address, inside) {
  const link = document.createElement(SAFE.test(address) ? "a" : "span");
  link.append(...inside);
  if (!(link instanceof HTMLAnchorElement)) return link;
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

/** The text with its addresses as links. @param {string} text */
export function withLinks(text) {
  /** @type {(string | Node)[]} */
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    parts.push(text.slice(end, match.index), linkTo(match[0], [match[0]]));
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
}
