// @ts-check
/** How far a file is on its way up. */
import { t } from "../core/i18n.js";

/** A ring over a picture that is on its way up. @param {HTMLElement} element @param {number | null} progress */
export function drawProgress(element, progress) {
  element.hidden = progress === null;
  if (progress === null) return;
  const percent = Math.round(progress * 100);
  element.style.setProperty("--progress", `${percent}%`);
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", t("uploading", { percent }));
}
