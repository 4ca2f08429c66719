// @ts-check
/** The sheet of a message: reactions, and what else can be done with it. */
import { clone } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { choose, openSheet } from "./sheet.js";

/** Of those that Telegram takes. */
const SIGNS = ["👍", "❤", "🔥", "🙏", "👌", "🎉", "😁", "🤔", "😢", "👀", "👎", "💯"];

/** @typedef {{mine: string, react: boolean, reply: boolean, copy: boolean, edit: boolean, remove: boolean}} Offer */

/**
 * Resolves with the chosen sign or action, or null.
 * @param {Offer} offer mine: the sign that one has given; react: whether Telegram would show one
 * @returns {Promise<{emoji?: string, action?: string} | null>}
 */
export async function messageMenu(offer) {
  const { node, refs } = clone("message-menu");
  const dialog = /** @type {HTMLDialogElement} */ (node);
  if (!offer.react) refs.signs.remove();
  refs.signs.append(...SIGNS.map((emoji) => {
    const sign = clone("sign").node;
    sign.textContent = emoji;
    sign.setAttribute("aria-pressed", String(emoji === offer.mine));
    sign.addEventListener("click", () => dialog.close(`emoji ${emoji}`));
    return sign;
  }));
  for (const action of /** @type {const} */ (["reply", "copy", "edit", "remove"])) {
    refs[action].hidden = !offer[action];
    refs[action].addEventListener("click", () => dialog.close(action));
  }
  const answer = await openSheet(dialog);
  if (answer.startsWith("emoji ")) return { emoji: answer.slice(6) };
  if (answer === "remove") {
    const sure = await choose(t("remove_title"), [{ value: "yes", label: t("remove_yes") }]);
    return sure ? { action: "remove" } : null;
  }
  return answer ? { action: answer } : null;
}
