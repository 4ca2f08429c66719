// @ts-check
/** A field that says what it takes (`title` beside `pattern`) says it alone: a browser's own words are in its own language. */

/** From now on. Comes after the first picture. */
export function sayWhatFieldsTake() {
  const say = (/** @type {Event} */ { type, target }) => {
    const field = /** @type {HTMLInputElement} */ (target);
    if (field.pattern) field.setCustomValidity(type === "invalid" ? field.title : "");
  };
  addEventListener("invalid", say, true);
  addEventListener("input", say, true);
}
