// @ts-check
/** One message as a bubble: who, what, its files, when, and what became of it. */
import { clone, keyed, setText } from "../core/dom.js";
import { fullTimeOf, sizeOf, t, timeOf } from "../core/i18n.js";
import { drawReactions } from "./reactions.js";
import { drawAvatar, nameOf, summaryOf } from "./words.js";

const LARGEST_PX = 300;
const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,:;!?)\]]/g;

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
  drawAvatar(refs.avatar, message.author);
  setText(refs.author, own ? t("you") : nameOf(message.author));
  refs.author.classList.toggle("visually-hidden", own || !context.first);
  refs.author.dataset.tone = refs.avatar.dataset.tone;
  refs.note.hidden = !message.internal || !context.first;
  drawQuote(refs, message, context);
  drawFiles(refs, message, job, context);
  drawText(refs, message);
  drawMeta(refs, message, job, side, context);
  refs.failure.hidden = job?.state !== "failed";
  if (job?.state === "failed") setText(refs.reason, reasonOf(job));
  drawDelivery(refs, message, context);
  drawReactions(refs.reactions, message, context.me);
  refs.menu.hidden = Boolean(job || message.deleted_at);
}

/** What staff read below an answer that did not arrive, or perhaps did so twice. @param {Record<string, any>} refs @param {Desk.Message} message @param {Desk.Reader & Desk.Place} context */
function drawDelivery(refs, { delivery, deleted_at }, { staff }) {
  const lost = delivery?.state === "failed" || delivery?.state === "blocked";
  refs.delivery.hidden = !staff || !delivery || Boolean(deleted_at) || !(lost || delivery.ambiguous);
  if (refs.delivery.hidden) return;
  refs.delivery.classList.toggle("is-lost", lost);
  refs.again.hidden = !lost;
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

/** The text with its addresses as links. @param {string} text */
function withLinks(text) {
  /** @type {(string | Node)[]} */
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const link = document.createElement("a");
    link.href = link.textContent = match[0];
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    parts.push(text.slice(end, match.index), link);
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
}

/** @param {Record<string, any>} refs @param {Desk.Message} message @param {Desk.Job | null} job @param {boolean} side @param {Desk.Reader & Desk.Place} context */
function drawMeta(refs, message, job, side, context) {
  setText(refs.edited, message.edited_at && !message.deleted_at ? t("edited") : "");
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

/** A file of a message or of a job, as it is shown. @typedef {{id: string, name: string, size: number, image: boolean, source: string, full: string, width: number, height: number, progress: number | null}} Shown */

/** @param {Record<string, any>} refs @param {Desk.Message} message @param {Desk.Job | null} job @param {Desk.Reader & Desk.Place} context */
function drawFiles(refs, message, job, context) {
  const shown = job ? job.files.map(shownOfJob) : message.attachments.map((file) => shownOf(file, context));
  const photos = shown.filter((file) => file.image && file.source);
  refs.photos.dataset.count = String(Math.min(photos.length, 4));
  keyed(refs.photos, photos, (file) => file.id, () => clone("photo"), updatePhoto);
  keyed(refs.files, shown.filter((file) => !photos.includes(file)), (file) => file.id, () => clone("file"), updateFile);
}

/** @param {Desk.JobFile} file @returns {Shown} */
function shownOfJob(file) {
  const { attachment, preview, progress } = file;
  const image = file.content_type.startsWith("image/");
  return {
    id: attachment?.id ?? file.key,
    name: file.name,
    size: file.size,
    image,
    source: preview,
    full: preview,
    width: attachment?.width ?? 0,
    height: attachment?.height ?? 0,
    progress: attachment ? null : progress,
  };
}

/** @param {Desk.Attachment} file @param {Desk.Reader & Desk.Place} context @returns {Shown} */
function shownOf(file, { fileUrl, previewOf }) {
  const own = previewOf(file.id);
  const image = file.content_type.startsWith("image/") && (file.state === "ready" || Boolean(own));
  return {
    id: file.id,
    name: file.name,
    size: file.size,
    image,
    source: own || (image ? fileUrl(file.thumbnail_url ?? file.url) : ""),
    full: own || fileUrl(file.url),
    width: file.width ?? 0,
    height: file.height ?? 0,
    progress: null,
  };
}

/** @param {Desk.Clone} view @param {Shown} file */
function updatePhoto({ node, refs }, file) {
  const { image } = refs;
  // a new token is no reason to load the same picture again
  if (!image.src || barePath(image.dataset.source) !== barePath(file.source) || image.dataset.broken) {
    delete image.dataset.broken;
    image.dataset.source = image.src = file.source;
  }
  image.alt = t("photo_from", { name: file.name });
  fixSize(image, file);
  node.dataset.full = file.full;
  drawProgress(refs.progress, file.progress);
}

/** The picture's place is there before the picture: nothing moves when it comes. @param {HTMLImageElement} image @param {Shown} file */
function fixSize(image, { width, height }) {
  if (!width || !height) return;
  const scale = Math.min(1, LARGEST_PX / width, LARGEST_PX / height);
  image.style.width = `${Math.round(width * scale)}px`;
  image.style.aspectRatio = `${width} / ${height}`;
}

/** @param {string | undefined} url */
const barePath = (url) => (url ?? "").split("?")[0];

/** @param {HTMLElement} element @param {number | null} progress */
export function drawProgress(element, progress) {
  element.hidden = progress === null;
  if (progress === null) return;
  const percent = Math.round(progress * 100);
  element.style.setProperty("--progress", `${percent}%`);
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", t("uploading", { percent }));
}

/** @param {Desk.Clone} view @param {Shown} file */
function updateFile({ node, refs }, file) {
  setText(refs.name, file.name);
  setText(
    refs.size,
    file.progress === null ? sizeOf(file.size) : t("uploading", { percent: Math.round(file.progress * 100) }),
  );
  /** @type {HTMLAnchorElement} */ (node).href = file.full || "#";
  node.dataset.name = file.name;
}
