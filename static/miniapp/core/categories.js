// @ts-check
/** What tickets are about, in words. */

/** A category's name in the reader's language. @param {Desk.Category} category */
export const categoryName = ({ name, names }) =>
  name ?? names[document.documentElement.lang.split("-")[0]] ?? Object.values(names)[0] ?? "";
