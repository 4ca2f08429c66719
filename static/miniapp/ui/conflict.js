// @ts-check
/** The sheet that stops an answer where a colleague was faster. Closing it decides nothing: the answer waits, not sent. */
import { clone, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { openSheet } from "./sheet.js";
import { nameOf, summaryOf } from "./words.js";

/**
 * @param {string} own the text that was not sent
 * @param {Desk.Message | null} faster the colleague's answer, null where it is not loaded
 * @param {AbortSignal} signal closes it
 * @returns {Promise<string>} "anyway", "note", "discard" or ""
 */
export function askConflict(own, faster, signal) {
  const { node, refs } = clone("conflict");
  const dialog = /** @type {HTMLDialogElement} */ (node);
  setText(refs.title, faster ? t("conflict_title", { name: nameOf(faster.author) }) : t("error_stale"));
  refs.theirs.hidden = !faster;
  setText(refs.theirs, faster ? summaryOf(faster) : "");
  setText(refs.own, own || t("attachment"));
  for (const choice of ["anyway", "note", "discard"]) {
    refs[choice].addEventListener("click", () => dialog.close(choice));
  }
  signal.addEventListener("abort", () => dialog.close(), { once: true });
  return openSheet(dialog);
}
