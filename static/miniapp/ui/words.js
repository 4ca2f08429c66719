// @ts-check
/** How people, statuses and messages are named in a line, and a ticket in its row. */
import { setText } from "../core/dom.js";
import { fullTimeOf, t, whenOf } from "../core/i18n.js";

const TONES = 7;

/** A picture's letters. @param {string} name */
const initials = (name) => name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? "").join("").toLocaleUpperCase();

/** Draws a person's circle. @param {HTMLElement} element @param {Desk.Person | null} person */
export function drawAvatar(element, person) {
  setText(element, initials(person?.name || "?"));
  element.dataset.tone = toneOf(person);
}

/** The colour of a person's name and circle. @param {Desk.Person | null} person */
export function toneOf(person) {
  let tone = 0;
  for (const letter of person?.id ?? "") tone = (tone * 31 + letter.charCodeAt(0)) % 9973;
  return String(tone % TONES);
}

/** A name that is never empty. @param {Desk.Person | null} person */
export const nameOf = (person) => person?.name || t("support");

/**
 * A message in one line, for quotes, lists and screen readers.
 * @param {{text: string, kind: string, attachments?: Desk.Attachment[], deleted_at?: string | null, content?: Desk.Message["content"]}} message
 */
export function summaryOf(message) {
  if (message.deleted_at) return t("deleted");
  if (message.text) return message.text;
  // of a sticker or a dice
  const { emoji, value = "" } = message.content ?? {};
  if (emoji) return `${emoji} ${value}`.trim();
  if (message.attachments?.some((file) => file.content_type.startsWith("image/"))) return t("photo");
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

/**
 * What rows of both sides say of a ticket.
 * @param {Record<string, any>} refs
 * @param {Desk.Ticket} ticket
 * @param {{me: string, staff: boolean, here: string, own: {name: string, text: string} | null}} reader
 *   `here`: the path that is shown beside the list; `own`: what they wrote there, and the key of what it is called
 */
export function drawRow(refs, ticket, { me, staff, here, own }) {
  const address = `tickets/${ticket.number}`;
  refs.link.href = `/app/${address}`;
  refs.link.dataset.path = address;
  refs.link.ariaCurrent = here === address ? "page" : null;
  refs.link.classList.toggle("is-unread", Boolean(ticket.unread));
  setText(refs.title, staff ? nameOf(ticket.customer) : ticket.subject);
  const last = ticket.last_message;
  const moment = last?.created_at ?? ticket.updated_at;
  setText(refs.time, whenOf(moment));
  refs.time.dateTime = moment;
  refs.time.title = fullTimeOf(moment);
  setText(refs.draft, own ? `${t(own.name)} ` : "");
  setText(refs.preview, own?.text ?? previewOf(last, me, refs.title.textContent));
  const unread = ticket.unread ?? 0;
  setText(refs.unread, unread > 99 ? "99+" : String(unread));
  refs.unread.hidden = !unread;
  if (unread) refs.unread.setAttribute("aria-label", t("unread", { count: unread }));
  drawStatus(refs.status, ticket.status, staff);
  setText(refs.number, t("ticket_number", { number: ticket.number }));
}

/** @param {Desk.LastMessage | null} last @param {string} me @param {string} title the row's own name need not be said twice */
function previewOf(last, me, title) {
  if (!last) return "";
  if (nameOf(last.author) === title) return summaryOf(last);
  const author = last.author?.id === me ? t("you") : nameOf(last.author);
  return t("incoming", { name: author, text: summaryOf(last) });
}
