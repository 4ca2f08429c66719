// @ts-check
/** One message as Telegram draws it. */
import { fileUrl } from "./api.js";
import { el, icon } from "./dom.js";
import { richText } from "./rich-text.js";
import { sizeOf, t, timeOf } from "./texts.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Button} Button */
/** @typedef {import("./rich-text.js").Presses & { button: (message: Message, button: Button, node: HTMLElement) => void,
 *   menu: (message: Message, node: HTMLElement) => void }} Actions */

const PHOTO_EDGE = 640;
const KINDS = /** @type {const} */ ([
  "photo",
  "video",
  "animation",
  "document",
  "audio",
  "voice",
  "sticker",
  "contact",
  "location",
]);

/** What a message is in a few words: for replies. @param {Message} message */
export function summary(message) {
  const kind = KINDS.find((name) => message[name]);
  const text = message.text ?? message.caption ?? "";
  if (text) return text.slice(0, 120);
  return kind === "animation" ? t("video") : kind ? t(kind) : t("message");
}

/** One message, or the messages of one album. @param {Message[]} messages @param {boolean} own @param {Actions} actions */
export function bubble(messages, own, actions) {
  const message = messages.find((item) => item.caption) ?? messages[0];
  const bare = messages.length === 1 && Boolean(message.sticker);
  const album = messages.length > 1;
  const words = text(message, actions);
  const stamp = meta(messages, own);
  words?.append(stamp);
  const body = el(
    "div",
    { class: `bubble ${bare ? "bare" : ""}` },
    forwarded(message),
    reply(message),
    album ? el("div", { class: `album of-${Math.min(messages.length, 4)}` }, ...messages.map(media)) : media(message),
    words ?? stamp,
    reactions(message),
  );
  const more = el("button", { type: "button", class: "round more", "aria-label": t("more"), title: t("more") });
  more.append(icon("more"));
  more.addEventListener("click", () => actions.menu(message, more));
  body.addEventListener("contextmenu", (event) => {
    if (getSelection()?.toString()) return;
    event.preventDefault();
    actions.menu(message, body);
  });
  body.addEventListener("click", (event) => {
    const plain = event.target instanceof Element && !event.target.closest("a, button, audio, video, .spoiler");
    if (plain && matchMedia("(hover: none)").matches) actions.menu(message, body);
  });
  return el("div", { class: "with-menu" }, el("div", { class: "body" }, body, keyboard(message, actions)), more);
}

/** @param {Message} message */
function forwarded({ forward_origin: origin }) {
  return origin ? el("div", { class: "forwarded", text: `${t("forwarded")} ${originName(origin)}` }) : null;
}

/** @param {import("./types.js").Origin | undefined} origin */
function originName(origin) {
  return origin?.sender_user?.first_name ?? origin?.sender_user_name ?? origin?.chat?.title ?? "";
}

/** @param {Message} message */
function reply({ reply_to_message: original, external_reply: elsewhere, quote }) {
  if (!original && !elsewhere) return null;
  return el(
    "div",
    { class: "quoted" },
    el("strong", { text: original?.from.first_name ?? originName(elsewhere?.origin) }),
    el("span", { text: quote?.text ?? (original ? summary(original) : t("message")) }),
  );
}

/** @param {Message} message @param {Actions} actions */
function text(message, actions) {
  const content = message.text ?? message.caption;
  if (!content) return null;
  const entities = message.entities ?? message.caption_entities ?? [];
  return el("div", { class: "text", dir: "auto" }, richText(content, entities, actions));
}

/** @param {Message} message @returns {HTMLElement | null} */
function media(message) {
  const { photo, video, animation, sticker, voice, audio, video_note: note, document, contact, location, dice } =
    message;
  if (photo) return picture(photo);
  const moving = video ?? animation ?? note;
  if (moving) return el("video", { class: "media", controls: true, preload: "metadata", src: fileUrl(moving.file_id) });
  if (sticker) {
    return el("img", { class: "sticker", src: fileUrl(sticker.file_id), alt: sticker.emoji ?? t("sticker") });
  }
  if (voice) return sound(voice, t("voice"));
  if (audio) return sound(audio, audio.file_name ?? t("audio"));
  if (document) return file(document);
  if (contact) return card("person", `${contact.first_name} ${contact.last_name ?? ""}`, `+${contact.phone_number}`);
  if (location) {
    return card("place", t("location"), `${location.latitude.toFixed(4)}, ${location.longitude.toFixed(4)}`);
  }
  if (dice) return el("div", { class: "dice", text: `${dice.emoji} ${dice.value}` });
  return message.text === undefined && message.caption === undefined
    ? card("question", t("message"), t("unsupported"))
    : null;
}

/** @param {import("./types.js").FileInfo[]} sizes */
function picture(sizes) {
  const size = sizes.find(({ width = 0, height = 0 }) => Math.max(width, height) >= PHOTO_EDGE) ??
    sizes[sizes.length - 1];
  const image = el("img", { class: "media", src: fileUrl(size.file_id), alt: t("photo"), loading: "lazy" });
  image.width = size.width ?? 0;
  image.height = size.height ?? 0;
  return el("a", { href: fileUrl(sizes[sizes.length - 1].file_id), target: "_blank", rel: "noopener" }, image);
}

/** @param {import("./types.js").FileInfo} info @param {string} name */
function sound(info, name) {
  return el(
    "div",
    { class: "sound" },
    el("span", { text: name }),
    el("audio", { controls: true, src: fileUrl(info.file_id) }),
  );
}

/** @param {import("./types.js").FileInfo} info */
function file(info) {
  const name = info.file_name ?? t("document");
  const link = card("file", name, sizeOf(info.file_size ?? 0));
  return el("a", { class: "file", href: fileUrl(info.file_id), download: name }, link);
}

/** @param {string} drawing @param {string} title @param {string} detail */
function card(drawing, title, detail) {
  return el(
    "div",
    { class: "card" },
    el("span", { class: "disc" }, icon(drawing)),
    el("span", { class: "lines" }, el("strong", { text: title }), el("span", { text: detail })),
  );
}

/** @param {Message[]} messages @param {boolean} own */
function meta(messages, own) {
  const last = messages[messages.length - 1];
  const edited = messages.some((message) => message.edit_date);
  const time = el("time", { datetime: new Date(last.date * 1000).toISOString(), text: timeOf(last.date) });
  return el("span", { class: "meta" }, edited ? `${t("edited")} ` : null, time, own ? icon("ticks") : null);
}

/** @param {Message} message */
function reactions({ reactions: given = {} }) {
  const counted = Map.groupBy ? [...Map.groupBy(Object.values(given), (emoji) => emoji)] : [];
  if (!counted.length) return null;
  const chips = counted.map(([emoji, all]) =>
    el("span", { class: "chip", text: all.length > 1 ? `${emoji} ${all.length}` : emoji })
  );
  return el("div", { class: "reactions" }, ...chips);
}

/** @param {Message} message @param {Actions} actions */
function keyboard(message, actions) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  const drawn = rows.map((row) => {
    const buttons = row.map((button) => {
      const mark = button.web_app ? "app" : button.url ? "outside" : button.copy_text ? "copy" : null;
      const node = el("button", { type: "button" }, el("span", { text: button.text }), mark ? icon(mark) : null);
      node.addEventListener("click", () => actions.button(message, button, node));
      return node;
    });
    return el("div", { class: "row" }, ...buttons);
  });
  return el("div", { class: "keyboard" }, ...drawn);
}
