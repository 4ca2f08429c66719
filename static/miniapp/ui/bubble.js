// @ts-check
/** One message as a bubble: who, what, its files, when, and what became of it. */
import { part, setText } from "../core/dom.js";
import { fullTimeOf, t, timeOf } from "../core/i18n.js";
import { orTell } from "../core/store.js";
import { withLinks } from "./links.js";
import { drawAvatar, nameOf, summaryOf, toneOf } from "./words.js";

/** Comes with the first message that holds more than plain text. @type {((view: Desk.Clone, entry: Desk.Entry, context: Desk.Reader & Desk.Place) => boolean) | null} */
let drawContents = null;
/** What is to be drawn again once it is there. @type {Set<() => unknown>} */
const waiting = new Set();

/** @param {Desk.Clone} view @param {Desk.Entry} entry @param {Desk.Reader & Desk.Place} context */
export function updateBubble(view, entry, context) {
  const { message, job } = entry;
  // what is on its way changes in place, messages never do
  const shown = job ? null : [
    message,
    context.first,
    context.last,
    context.quoted,
    message.sequence <= context.othersRead,
    drawContents,
  ];
  if (shown && view.shown?.every((one, at) => one === shown[at])) return;
  view.shown = shown;
  draw(view, entry, context);
}

/** @param {Desk.Clone} view @param {Desk.Entry} entry @param {Desk.Reader & Desk.Place} context */
function draw(view, entry, context) {
  const { node, refs } = view;
  const { message, job } = entry;
  const own = message.author?.id === context.me;
  // staff see the whole desk on their side
  const side = own || (context.staff && message.author?.role !== "customer");
  const failed = job?.state === "failed";
  node.classList.toggle("is-own", side);
  node.classList.toggle("is-note", message.internal);
  node.classList.toggle("is-deleted", Boolean(message.deleted_at));
  node.classList.toggle("is-failed", failed);
  node.classList.toggle("is-pending", Boolean(job && !failed));
  node.classList.toggle("is-first", context.first);
  node.classList.toggle("is-last", context.last);
  node.dataset.sequence = String(message.sequence);
  node.dataset.id = message.id;
  node.dataset.kind = message.kind;
  const name = own ? t("you") : nameOf(message.author);
  refs.bubble.setAttribute("aria-label", name);
  const avatar = part(view, "avatar", context.last && !side);
  if (avatar) drawAvatar(avatar, message.author);
  const author = part(view, "author", context.first && !own);
  if (author) {
    setText(author, name);
    author.dataset.tone = toneOf(message.author);
  }
  part(view, "note", message.internal && context.first);
  drawQuote(view, message, context);
  if (!drawMore(view, entry, context)) drawText(refs, message);
  drawMeta(view, entry, side, context);
  part(view, "menu", !job && !message.deleted_at);
  part(view, "held", job?.state === "uploading" || (job?.state === "queued" && (job.due ?? 0) >= Date.now()));
  if (part(view, "failure", failed) && job) setText(refs.reason, reasonOf(job));
}

/** Files, cards, marks, what was not delivered, and formatted text; true where that includes the text. @param {Desk.Clone} view @param {Desk.Entry} entry @param {Desk.Reader & Desk.Place} context */
function drawMore(view, entry, context) {
  if (drawContents) return drawContents(view, entry, context);
  const { attachments, entities, content, forwarded_from, reactions, delivery } = entry.message;
  const lists = [attachments, entities, Object.keys(content ?? {}), reactions, entry.job?.files];
  const troubled = context.staff && delivery &&
    (delivery.ambiguous || delivery.state === "failed" || delivery.state === "blocked");
  if (!forwarded_from && !troubled && !lists.some((list) => list?.length)) return false;
  waiting.add(context.redraw);
  if (waiting.size === 1) loadContents();
  return false;
}

async function loadContents() {
  // without a network the next drawing asks again
  drawContents = (await import("./contents.js").catch(orTell))?.drawContents ?? null;
  const due = [...waiting];
  waiting.clear();
  if (drawContents) { for (const redraw of due) redraw(); }
}

/** @param {Desk.Job} job */
function reasonOf({ error }) {
  const own = t(`error_${error}`);
  return own.startsWith("error_") ? (/^\w+$/.test(error) ? t("error_unexpected") : error) : own;
}

/** @param {Desk.Clone} view @param {Desk.Message} message @param {Desk.Place} context */
function drawQuote(view, { reply_to, deleted_at, content }, { quoted }) {
  if (!part(view, "quote", !deleted_at && (reply_to || content?.quote || content?.external_reply))) return;
  setText(view.refs.quoteAuthor, quoted ? nameOf(quoted.author) : "");
  setText(view.refs.quoteText, quoted ? summaryOf(quoted) : t("earlier_message"));
}

/** @param {Record<string, any>} refs @param {Desk.Message} message */
function drawText(refs, message) {
  const bare = !message.text && !message.attachments.length && !message.deleted_at && message.kind !== "text";
  const text = message.deleted_at ? t("deleted") : bare ? summaryOf(message) : message.text;
  if (refs.text.dataset.raw === text) return;
  refs.text.dataset.raw = text;
  refs.text.replaceChildren(...withLinks(text));
}

/** @param {Desk.Clone} view @param {Desk.Entry} entry @param {boolean} side @param {Desk.Reader & Desk.Place} context */
function drawMeta(view, { message, job }, side, context) {
  const { refs } = view;
  const edited = part(view, "edited", message.edited_at && !message.deleted_at);
  if (edited) {
    setText(edited, t(message.edited_after_answer ? "edited_after_answer" : "edited"));
    edited.disabled = !side && !context.staff;
  }
  setText(refs.time, timeOf(message.created_at));
  refs.time.dateTime = message.created_at;
  refs.time.title = fullTimeOf(message.created_at);
  const [icon, state] = side ? stateOf(message, job, context) : ["", ""];
  refs.meta.title = state;
  const tick = part(view, "tick", icon);
  if (!tick) return;
  tick.dataset.state = icon;
  tick.setAttribute("aria-label", state);
  refs.tickUse.setAttribute("href", `#i-${icon}`);
}

/**
 * What became of a message of our side: an icon and the words for it.
 * @param {Desk.Message} message @param {Desk.Job | null} job @param {Desk.Reader & Desk.Place} context
 */
function stateOf(message, job, { othersRead, staff }) {
  if (job?.state === "failed") return ["alert", t("failed")];
  if (job) return ["clock", t(navigator.onLine || job.state !== "queued" ? "sending" : "queued_offline")];
  if (message.internal || message.deleted_at) return ["", ""];
  const delivery = staff ? message.delivery : null;
  // of what did not reach Telegram, or not yet, or perhaps twice, that stays said, whoever has read it in the app
  if (delivery?.state === "failed" || delivery?.state === "blocked") return ["alert", t(`delivery_${delivery.state}`)];
  if (delivery?.ambiguous) return ["alert", t("delivery_ambiguous")];
  if (delivery?.state === "queued") return ["clock", t("delivery_queued")];
  if (delivery?.seen_at || message.sequence <= othersRead) return ["seen", t("seen")];
  return ["sent", t(delivery ? "delivery_sent" : "sent")];
}
