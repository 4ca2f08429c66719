// @ts-check
/** A field that grows with its text where styles alone cannot do it (`field-sizing`). */

const TALLEST_REM = 9.5;

/** To be called whenever its text has changed; it may have left the page. @param {HTMLTextAreaElement} field */
export function grow(field) {
  if (!field.isConnected) return;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, TALLEST_REM * rem)}px`;
}
