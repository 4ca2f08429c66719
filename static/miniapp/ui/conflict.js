// @ts-check
/** What is said where a colleague was faster; and the sheet that stops an answer then. Closing it decides nothing: the answer waits, not sent. */
import { categoryName } from "../core/categories.js";
import { clone, setText } from "../core/dom.js";
import { t, untilOf } from "../core/i18n.js";
import { lateStyles } from "./late.js";
import { openSheet } from "./sheet.js";
import { nameOf, statusText, summaryOf } from "./words.js";

/** The length of a unit in seconds, the longest first. @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];
/** How a field of a ticket is said that is there. @type {Record<string, (value: any) => string>} */
const SAID = {
  status: (value) => statusText(value, true),
  priority: (value) => t(`priority_${value}`),
  assignee: nameOf,
  category: categoryName,
  tags: (value) => value.join(", "),
  snoozed_until: (value) => t("until", { when: untilOf(value) }),
  merged_into: ({ number }) => t("ticket_number", { number }),
};

/**
 * Who was faster, what they set it to and how long ago.
 * @param {{field?: string, value?: any, person?: Desk.Person | null, changed_at?: string}} data of the refusal
 * @param {number} now by the server's clock, milliseconds
 */
export function fasterText({ field = "", value, person, changed_at }, now) {
  const name = person ? nameOf(person) : t("desk_itself");
  if (!changed_at || !SAID[field]) return t("faster", { name });
  const seconds = Math.max(1, Math.round((now - Date.parse(changed_at)) / 1000));
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? UNITS[3];
  const ago = new Intl.RelativeTimeFormat(document.documentElement.lang).format(-Math.floor(seconds / size), unit);
  if (field === "merged_into") return t("faster_merged", { name, value: SAID[field](value), ago });
  const isSet = Array.isArray(value) ? value.length : value;
  return isSet ? t("faster_set", { name, value: SAID[field](value), ago }) : t("faster_cleared", { name, ago });
}

/**
 * @param {{text: string, files: Desk.JobFile[]}} own what was not sent
 * @param {Desk.Message | null} faster the colleague's answer, null where it is not loaded
 * @param {AbortSignal} signal closes it
 * @returns {Promise<string>} "anyway", "note", "discard" or ""
 */
export async function askConflict(own, faster, signal) {
  await lateStyles();
  if (signal.aborted) return "";
  const { node, refs } = clone("conflict");
  const dialog = /** @type {HTMLDialogElement} */ (node);
  setText(refs.title, faster ? t("conflict_title", { name: nameOf(faster.author) }) : t("error_stale"));
  refs.theirs.hidden = !faster;
  setText(refs.theirs, faster ? summaryOf(faster) : "");
  setText(refs.own, own.text);
  refs.own.hidden = !own.text;
  refs.withFiles.hidden = !own.files.length;
  setText(refs.files, own.files.map(({ name }) => name).join(", "));
  for (const choice of ["anyway", "note", "discard"]) {
    refs[choice].addEventListener("click", () => dialog.close(choice));
  }
  signal.addEventListener("abort", () => dialog.close(), { once: true });
  return openSheet(dialog);
}
