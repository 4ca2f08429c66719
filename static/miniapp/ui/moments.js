// @ts-check
/** The moments that one puts a ticket aside until. Pure: times are those of the reader's own clock. */

const EVENING = 18;
const MORNING = 9;
const LATE = 17; // from this hour on the evening is too near

/**
 * @param {Date} now
 * @returns {{name: "hour" | "evening" | "tomorrow" | "monday", at: Date}[]} in their order, no moment twice
 */
export function presets(now) {
  const at = (/** @type {number} */ days, /** @type {number} */ hour) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
  const toMonday = (8 - now.getDay()) % 7 || 7;
  /** @type {ReturnType<typeof presets>} */
  const found = [{ name: "hour", at: new Date(now.getTime() + 3_600_000) }];
  if (now.getHours() < LATE) found.push({ name: "evening", at: at(0, EVENING) });
  found.push({ name: "tomorrow", at: at(1, MORNING) });
  if (toMonday > 1) found.push({ name: "monday", at: at(toMonday, MORNING) });
  return found;
}

/** What a field of date and time holds for a moment: "2026-05-03T09:00". @param {Date} at */
export function fieldValue(at) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
