// @ts-check
/** One message as a bubble: who, what, its files, when, and what became of it. */
import { clone, setText } from "../core/dom.js";
import { fullTimeOf, t, timeOf } from "../core/i18n.js";
import { withLinks } from "./links.js";
import { drawAvatar, nameOf, summaryOf } from "./words.js";

/** Comes with the first message that holds more than plain text. @type {((view: Desk.Clone, entry: Desk.Entry, context: Desk.Reader & Desk.Place) => boolean) | null} */
let drawContents = null;
/** What is to be drawn again once it is there. @type {Set<() => unknown>} */
const waiting = new Set();

export function createBubble() {
  return clone("bubble");
}

/** @param {Desk.Clone} view @param {Desk.Entry} entry @param {Desk.Reader & Desk.Place} context */
export function updateBubble(view, { message, job }, context) {
  const { node, refs } = view;
  const own = message.author?.id === context.me;
  // staff see the whole desk on their side
  const side = own || (context.staff && message.author?.role !== "customer");
  node.classList.toggle("is-own", side);
  node.classList.toggle("is-note", message.internal);
  node.classList.toggle("is-deleted", Boolean(message.deleted_at));
  node.classList.toggle("is-failed", job?.state === "failed");
  node.classList.toggle("is-pending", Boolean(job && job.state !== "failed"));
  node.classList.toggle("is-first", context.first);
  node.classList.toggle("is-last", context.last);
  node.dataset.sequence = String(message.sequence);
  node.dataset.id = message.id;
  node.dataset.kind = message.kind;
  drawAvatar(refs.avatar, message.author);
  setText(refs.author, own ? t("you") : nameOf(message.author));
  refs.author.classList.toggle("visually-hidden", own || !context.first);
  refs.author.dataset.tone = refs.avatar.dataset.tone;
  refs.note.hidden = !message.internal || !context.first;
  drawQuote(refs, message, context);
  if (!drawMore(view, { message, job }, context)) drawText(refs, message);
  drawMeta(refs, message, job, side, context);
  refs.failure.hidden = job?.state !== "failed";
  refs.held.hidden = !job?.due || job.state !== "queued" || job.due < Date.now();
  if (job?.state === "failed") setText(refs.reason, reasonOf(job));
  drawDelivery(refs, message, context);
  refs.menu.hidden = Boolean(job || message.deleted_at);
}

/** Files, cards, marks and formatted text; true where that includes the text. @param {Desk.Clone} view @param {Desk.Entry} entry @param {Desk.Reader & Desk.Place} context */
function drawMore(view, entry, context) {
  if (drawContents) return drawContents(view, entry, context);
  const { attachments, entities, content, forwarded_from, reactions } = entry.message;
  const parts = [attachments, entities, Object.keys(content ?? {}), reactions, entry.job?.files];
  if (!forwarded_from && !parts.some((part) => part?.length)) return false;
  waiting.add(context.redraw);
  if (waiting.size === 1) loadContents();
  return false;
}

async function loadContents() {
  // without a network the next drawing asks again
  drawContents = (await import("./contents.js").catch(() => null))?.drawContents ?? null;
  const due = [...waiting];
  waiting.clear();
  if (drawContents) { for (const redraw of due) redraw(); }
}

/** What staff read below what did not arrive, in either direction, or perhaps did so twice. @param {Record<string, any>} refs @param {Desk.Message} message @param {Desk.Reader & Desk.Place} context */
function drawDelivery(refs, { delivery, deleted_at, attachments }, { staff }) {
  const lost = delivery?.state === "failed" || delivery?.state === "blocked";
  const unfetched = attachments.some(({ state, reason }) => state === "failed" && reason !== "too_large");
  refs.delivery.hidden = !staff || Boolean(deleted_at) || !(lost || unfetched || delivery?.ambiguous);
  if (refs.delivery.hidden) return;
  refs.delivery.classList.toggle("is-lost", lost);
  refs.again.hidden = !(lost || unfetched);
  setText(
    refs.why,
    [lost && whyNot(delivery), delivery?.ambiguous && t("delivery_ambiguous")].filter(Boolean).join(" "),
  );
}

/** @param {Desk.Delivery} delivery */
function whyNot({ state, reason }) {
  const own = t(`reason_${reason}`);
  const why = own.startsWith("reason_") ? reason : own;
  return why ? `${t(`delivery_${state}`)}: ${why}` : t(`delivery_${state}`);
}

/** @param {Desk.Job} job */
function reasonOf({ error }) {
  const own = t(`error_${error}`);
  return own.startsWith("error_") ? error : own;
}

/** @param {Record<string, any>} refs @param {Desk.Message} message @param {Desk.Reader & Desk.Place} context */
function drawQuote(refs, message, { quoted }) {
  refs.quote.hidden = !message.reply_to || Boolean(message.deleted_at);
  if (refs.quote.hidden) return;
  setText(refs.quoteAuthor, quoted ? nameOf(quoted.author) : "");
  setText(refs.quoteText, quoted ? summaryOf(quoted) : t("earlier_message"));
}

/** @param {Record<string, any>} refs @param {Desk.Message} message */
function drawText(refs, message) {
  const bare = !message.text && !message.attachments.length && !message.deleted_at && message.kind !== "text";
  const text = message.deleted_at ? t("deleted") : bare ? summaryOf(message) : message.text;
  if (refs.text.dataset.raw === text) return;
  refs.text.dataset.raw = text;
  refs.text.replaceChildren(...withLinks(text));
}

/** @param {Record<string, any>} refs @param {Desk.Message} message @param {Desk.Job | null} job @param {boolean} side @param {Desk.Reader & Desk.Place} context */
function drawMeta(refs, message, job, side, context) {
  const edited = message.edited_after_answer ? "edited_after_answer" : "edited";
  setText(refs.edited, message.edited_at && !message.deleted_at ? t(edited) : "");
  setText(refs.time, timeOf(message.created_at));
  refs.time.dateTime = message.created_at;
  refs.time.title = fullTimeOf(message.created_at);
  const [icon, state] = side ? stateOf(message, job, context) : ["", ""];
  refs.tick.toggleAttribute("hidden", !icon);
  refs.tick.dataset.state = icon;
  if (icon) refs.tickUse.setAttribute("href", `#i-${icon}`);
  setText(refs.state, state);
  refs.bubble.title = state;
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
  if (delivery?.seen_at || message.sequence <= othersRead) return ["seen", t("seen")];
  if (!delivery) return ["sent", t("sent")];
  if (delivery.state === "failed" || delivery.state === "blocked") {
    return ["alert", whyNot(delivery)];
  }
  if (delivery.ambiguous) return ["alert", t("delivery_ambiguous")];
  return delivery.state === "queued" ? ["clock", t("delivery_queued")] : ["sent", t("delivery_sent")];
}
