// @ts-check
/** Words as they are looked for, and marked where they were found: small and capital letters, ё and е are the same. */

/** @param {string} text */
export const looseOf = (text) => text.toLowerCase().replaceAll("ё", "е");

/** What is searched for, to be marked in names and subjects; null where nothing of it can be. @param {string} asked */
export function patternOf(asked) {
  const words = asked.split(/\s+/).filter((word) => !word.startsWith("-") && word.toLowerCase() !== "or")
    .map((word) => word.replace(/^["@#№]+|"+$/g, "").replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")).filter(Boolean)
    .map((word) => word.replace(/[её]/giu, "[её]"));
  return words.length ? new RegExp(words.sort((a, b) => b.length - a.length).join("|"), "giu") : null;
}

/** Where the pattern stands in a text: [begin, end) in UTF-16 units. @param {string} text @param {RegExp | null} pattern @returns {number[][]} */
export const rangesOf = (text, pattern) =>
  pattern ? [...text.matchAll(pattern)].map(({ index, 0: word }) => [index, index + word.length]) : [];

/** Marks these ranges of the place's text, and no others. @param {HTMLElement} place @param {number[][]} ranges */
export function markText(place, ranges) {
  const text = place.textContent ?? "";
  if (!ranges.length && !place.firstElementChild) return;
  const parts = [];
  let at = 0;
  for (const [begin, end] of ranges) {
    const mark = document.createElement("mark");
    mark.textContent = text.slice(begin, end);
    parts.push(text.slice(at, begin), mark);
    at = end;
  }
  place.replaceChildren(...parts, text.slice(at));
}
