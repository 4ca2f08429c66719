// @ts-check
/** How people, statuses and messages are named in a line. */
import { setText } from "../core/dom.js";
import { t } from "../core/i18n.js";

const TONES = 7;

/** A picture's letters. @param {string} name */
const initials = (name) => name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? "").join("").toLocaleUpperCase();

/** Draws a person's circle; the colour stays theirs. @param {HTMLElement} element @param {Desk.Person | null} person */
export function drawAvatar(element, person) {
  setText(element, initials(person?.name || "?"));
  let tone = 0;
  for (const letter of person?.id ?? "") tone = (tone * 31 + letter.charCodeAt(0)) % 9973;
  element.dataset.tone = String(tone % TONES);
}

/** A name that is never empty. @param {Desk.Person | null} person */
export const nameOf = (person) => person?.name || t("support");

/** A message in one line, for quotes, lists and screen readers. @param {{text: string, kind: string, attachments?: Desk.Attachment[], deleted_at?: string | null}} message */
export function summaryOf(message) {
  if (message.deleted_at) return t("deleted");
  if (message.text) return message.text;
  const image = message.attachments?.some((file) => file.content_type.startsWith("image/"));
  if (image) return t("photo");
  const kind = t(`${message.kind}_kind`);
  return kind.endsWith("_kind") ? t("attachment") : kind;
}

/** A status in the words of its reader. @param {Desk.Status} status @param {boolean} staff */
export function statusText(status, staff) {
  const own = staff ? "" : t(`status_${status}_customer`);
  return own && !own.startsWith("status_") ? own : t(`status_${status}`);
}

/** @param {HTMLElement} element @param {Desk.Status} status @param {boolean} staff */
export function drawStatus(element, status, staff) {
  setText(element, statusText(status, staff));
  element.dataset.status = status;
}
