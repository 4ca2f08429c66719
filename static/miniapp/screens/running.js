// @ts-check
/** What a press asks of the desk, with a word about how it went. */
import { toast } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { isLost, orTell } from "../core/store.js";
import { haptic } from "../core/telegram.js";

/** Copies it, where the browser has a clipboard and allows it, and says what came of it. @param {string} text */
export async function copy(text) {
  const copied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
  if (!copied) haptic("error");
  toast(t(copied ? "copied" : "error_not_copied"));
}

/** A module that comes with a press; where it does not, the press says so. @template T @param {Promise<T>} coming @returns {Promise<T | null>} */
export const pressed = (coming) =>
  coming.catch((error) => {
    toast(t(isLost(error) ? "error_network" : "error_unexpected"));
    return orTell(error);
  });

/** Does it, and says what came of it; true where it was done. @param {() => Promise<unknown>} work @param {string} [done] */
export async function run(work, done = "") {
  try {
    await work();
    if (done) toast(done);
    return true;
  } catch (error) {
    haptic("error");
    const { message, status } = /** @type {any} */ (error);
    toast((status && message) || t(status ? "error_unexpected" : "error_network"));
    return false;
  }
}
