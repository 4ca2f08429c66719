// @ts-check
/** What a message holds besides plain text: pictures, films, sound, files, places, people, polls, marks, reactions. */
import { clone, keyed, part, setText } from "../core/dom.js";
import { sizeOf, t, timeOf } from "../core/i18n.js";
import { linkTo } from "./links.js";
import { createPlayer, createVideo } from "./player.js";
import { drawProgress } from "./progress.js";
import { drawReactions } from "./reactions.js";
import { richText } from "./rich-text.js";
import { summaryOf } from "./words.js";

const LARGEST_PX = 300;
/** Sent to be seen or heard, not to be kept: no file is offered besides. */
const WITHOUT_FILE = ["voice", "video_note", "animation", "sticker"];
/** A sticker in Telegram's own vector format, which no browser shows, without its picture. @param {Desk.Message} message */
const isOnlySign = ({ content, attachments }) => content?.format === "animated" && !attachments[0]?.thumbnail_url;

/**
 * A file of a message or of a job, as it is shown.
 * @typedef {{id: string, name: string, size: number, type: string, source: string, full: string, width: number, height: number,
 *            progress: number | null, state: string, reason: string}} Shown
 */

/**
 * Draws them; true where the text has been drawn as well.
 * @param {Desk.Clone} view @param {Desk.Entry} entry @param {Desk.Reader & Desk.Place} context
 */
export function drawContents(view, { message, job }, context) {
  const { refs } = view;
  drawForwarded(view, message);
  drawQuoted(refs, message);
  drawFiles(view, message, job, context);
  drawReactions(view, message, context.me);
  drawDelivery(view, message, context);
  const card = message.deleted_at ? null : cardOf(message);
  drawInto(view, "cards", card ? [card] : [], ({ key }) => key, createCard, () => {});
  if (message.deleted_at || !(message.entities?.length || (card && !message.text))) return false;
  const entities = message.entities ?? [];
  const raw = `${message.text}\n${JSON.stringify(entities)}`;
  if (refs.text.dataset.raw === raw) return true;
  refs.text.dataset.raw = raw;
  refs.text.replaceChildren(...richText(message.text, entities));
  return true;
}

/** Of what nobody wrote now, and of what somebody else wrote, that it is so. @param {Desk.Clone} view @param {Desk.Message} message */
function drawForwarded(view, { forwarded_from: origin, deleted_at, content }) {
  const mark = part(view, "forwarded", (origin || content?.automatic) && !deleted_at);
  if (!mark) return;
  setText(
    mark,
    content?.automatic ? t("automatic") : origin?.name ? t("forwarded_from", { name: origin.name }) : t("forwarded"),
  );
}

/** Of the message that is answered the words that were meant; and what stands in another chat, with its author. @param {Record<string, any>} refs @param {Desk.Message} message */
function drawQuoted(refs, { reply_to, deleted_at, content: { quote = "", external_reply: elsewhere = null } = {} }) {
  refs.quote?.classList.toggle("is-part", Boolean(quote));
  if (deleted_at || !(quote || elsewhere)) return;
  refs.quote.disabled = !reply_to;
  const whose = elsewhere?.type === "same_chat" || !elsewhere?.name ? elsewhere?.name : t("in_another_chat", elsewhere);
  if (!reply_to) setText(refs.quoteAuthor, whose ?? "");
  if (quote) setText(refs.quoteText, quote);
  else if (elsewhere) setText(refs.quoteText, summaryOf({ text: "", kind: elsewhere.kind || "other" }));
}

/** @param {Desk.Clone} view @param {Desk.Message} message @param {Desk.Job | null} job @param {Desk.Reader & Desk.Place} context */
function drawFiles(view, message, job, context) {
  const shown = job
    ? job.files.map((file) => shownOfJob(file, job))
    : message.attachments.map((file) => shownOf(file, context));
  const photos = shown.filter((file) => file.source);
  const media = job ? [] : message.attachments.filter(isPlayable);
  const others = shown.filter((file) =>
    !photos.includes(file) && !isOnlySign(message) &&
    !(WITHOUT_FILE.includes(message.kind) && media.some(({ id }) => id === file.id))
  );
  const place = drawInto(
    view,
    "photos",
    photos,
    idOf,
    () => clone("photo"),
    (one, file) => updatePhoto(one, file, message),
  );
  if (place) place.dataset.count = String(Math.min(photos.length, 4));
  drawInto(view, "media", media, idOf, (file) => createMedia(file, message, context), () => {});
  drawInto(view, "files", others, idOf, () => clone("file"), updateFile);
}

/** @param {{id: string}} file */
const idOf = ({ id }) => id;

/**
 * Makes an optional part of the view follow the items; without any it is not there.
 * @template T
 * @param {Desk.Clone} view @param {string} ref @param {T[]} items @param {(item: T) => string} keyOf
 * @param {(item: T) => Desk.Clone} create @param {(view: Desk.Clone, item: T) => void} update
 */
function drawInto(view, ref, items, keyOf, create, update) {
  const place = part(view, ref, items.length);
  if (place) keyed(place, items, keyOf, create, update);
  return place;
}

/** What staff read below what did not arrive, in either direction, or perhaps did so twice. @param {Desk.Clone} view @param {Desk.Message} message @param {Desk.Reader} context */
function drawDelivery(view, { delivery, deleted_at, attachments }, { staff }) {
  const lost = delivery?.state === "failed" || delivery?.state === "blocked";
  const unfetched = attachments.some(({ state, reason }) => state === "failed" && reason !== "too_large");
  const line = part(view, "delivery", staff && !deleted_at && (lost || unfetched || delivery?.ambiguous));
  if (!line) return;
  line.classList.toggle("is-lost", lost);
  view.refs.again.hidden = !(lost || unfetched);
  setText(
    view.refs.why,
    [lost && whyNot(delivery), delivery?.ambiguous && t("delivery_ambiguous")].filter(Boolean).join(" "),
  );
}

/** @param {Desk.Delivery} delivery */
function whyNot({ state, reason }) {
  const own = t(`reason_${reason}`);
  const why = own.startsWith("reason_") ? reason : own;
  return why ? `${t(`delivery_${state}`)}: ${why}` : t(`delivery_${state}`);
}

/** @param {Desk.Attachment} file */
const isPlayable = ({ state, content_type }) => state === "ready" && /^(audio|video)\//.test(content_type);

/** @param {Desk.Attachment} file @param {Desk.Message} message @param {Desk.Reader} context */
function createMedia(file, message, { freshUrl }) {
  const { kind } = message;
  const { id, url, duration, content_type, thumbnail_url } = file;
  const media = { id, url, duration, kind, poster: thumbnail_url ?? "", source: freshUrl };
  if (content_type.startsWith("audio/")) return createPlayer(media);
  const view = createVideo(media);
  if (kind === "sticker") {
    view.node.setAttribute("role", "group");
    view.node.setAttribute("aria-label", nameOfSticker(message));
  }
  return view;
}

/** @param {Desk.JobFile} file @param {Desk.Job} job @returns {Shown} */
function shownOfJob(file, { state }) {
  const { attachment, preview, progress, content_type } = file;
  return {
    id: attachment?.id ?? file.key,
    name: file.name,
    size: file.size,
    type: content_type,
    source: content_type.startsWith("image/") ? preview : "",
    full: preview,
    width: attachment?.width ?? 0,
    height: attachment?.height ?? 0,
    progress: attachment || state === "failed" ? null : progress,
    state: "ready",
    reason: "",
  };
}

/** @param {Desk.Attachment} file @param {Desk.Reader} context @returns {Shown} */
function shownOf(file, { fileUrl, previewOf }) {
  const own = previewOf(file.id);
  const ready = file.state === "ready" || Boolean(own);
  const picture = file.content_type.startsWith("image/") ? file.url : !isPlayable(file) && file.thumbnail_url;
  return {
    id: file.id,
    name: file.name,
    size: file.size,
    type: file.content_type,
    source: ready && picture ? own || fileUrl(file.thumbnail_url ?? picture) : "",
    full: ready ? own || fileUrl(picture || file.url) : "",
    width: file.width ?? 0,
    height: file.height ?? 0,
    progress: null,
    state: ready ? "ready" : file.state,
    reason: file.reason ?? "",
  };
}

/** @param {Desk.Clone} view @param {Shown} file @param {Desk.Message} message */
function updatePhoto({ node, refs }, file, message) {
  const { image } = refs;
  // a new token is no reason to load the same picture again
  if (!image.src || barePath(image.dataset.source) !== barePath(file.source) || image.dataset.broken) {
    delete image.dataset.broken;
    image.dataset.source = image.src = file.source;
  }
  image.alt = message.kind === "sticker" ? nameOfSticker(message) : t("photo_from", { name: file.name });
  fixSize(image, file);
  node.dataset.file = file.id;
  node.dataset.full = file.full;
  drawProgress(refs.progress, file.progress);
}

/** As those read it who cannot see it: what it stands for, where it says so. @param {Desk.Message} message */
const nameOfSticker = ({ content = {} }) => [t("sticker_kind"), content.emoji].filter(Boolean).join(" ");

/** The picture's place is there before the picture: nothing moves when it comes. @param {HTMLImageElement} image @param {Shown} file */
function fixSize(image, { width, height }) {
  if (!width || !height) return;
  const scale = Math.min(1, LARGEST_PX / width, LARGEST_PX / height);
  image.style.width = `${Math.round(width * scale)}px`;
  image.style.aspectRatio = `${width} / ${height}`;
}

/** @param {string | undefined} url */
const barePath = (url) => (url ?? "").split("?")[0];

/** @param {Desk.Clone} view @param {Shown} file */
function updateFile({ node, refs }, file) {
  setText(refs.name, file.name);
  setText(refs.size, aboutFile(file));
  node.classList.toggle("is-lost", file.state === "failed");
  if (file.full) /** @type {HTMLAnchorElement} */ (node).href = file.full;
  else node.removeAttribute("href");
  node.dataset.name = file.name;
}

/** @param {Shown} file */
function aboutFile({ progress, state, reason, size }) {
  if (progress !== null) return t("uploading", { percent: Math.round(progress * 100) });
  if (state === "pending") return t("file_pending");
  if (state !== "failed") return sizeOf(size);
  const why = t(`file_${reason}`);
  return why === `file_${reason}` ? t("file_failed") : why;
}

/** @typedef {{key: string, icon: string, title: string, lines: (string | Node)[]}} Card */

/** What a kind carries instead of text or files; null where it carries nothing. @param {Desk.Message} message @returns {Card | null} */
function cardOf(message) {
  const { id, kind, content = {} } = message;
  const text = (/** @type {string} */ name) => String(content[name] ?? "");
  if (isOnlySign(message)) return { key: id, icon: "photo", title: nameOfSticker(message), lines: [] };
  if (kind === "contact") {
    const name = [text("first_name"), text("last_name")].filter(Boolean).join(" ");
    const phone = text("phone").replace(/^(?=\d)/, "+");
    return {
      key: id,
      icon: "take",
      title: name || t("contact_kind"),
      lines: phone ? [linkTo(`tel:${phone}`, [phone])] : [],
    };
  }
  if (kind === "poll") {
    return {
      key: id,
      icon: "poll",
      title: text("question"),
      lines: [t("poll_kind"), ...(content.options ?? []).map(optionOf)],
    };
  }
  if (kind === "unsupported") {
    return { key: id, icon: "alert", title: t("unsupported_kind"), lines: [text("type")].filter(Boolean) };
  }
  const { latitude, longitude } = content;
  if (!Number.isFinite(latitude) || !Number.isFinite(longitude)) return null;
  const place = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
  const { moved_at, live_until } = content;
  const lines = [text("address"), linkTo(map, [place]), moved_at && t("place_as_of", { time: timeOf(moved_at) })];
  const live = Date.parse(live_until ?? "") > Date.now();
  const title = text("title") || t(live ? "live_location_kind" : "location_kind");
  return { key: [id, place, live].join(), icon: "place", title, lines: lines.filter(Boolean) };
}

/** @param {unknown} option */
const optionOf = (option) => `• ${option}`;

/** @param {Card} card @returns {Desk.Clone} */
function createCard({ icon, title, lines }) {
  const view = clone("card");
  view.refs.use.setAttribute("href", `#i-${icon}`);
  setText(view.refs.title, title);
  view.refs.lines.append(...lines.map((line) => {
    const row = document.createElement("span");
    row.dir = "auto";
    row.append(line);
    return row;
  }));
  return view;
}
