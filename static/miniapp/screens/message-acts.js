// @ts-check
/** What a press does with a message: shows its picture, opens its menu, reacts, has it sent to Telegram again. Loaded with the first. */
import { t } from "../core/i18n.js";
import { haptic } from "../core/telegram.js";
import { request } from "../data/api.js";
import { freshUrl, isStaff, session } from "../data/session.js";
import { rows } from "../data/tickets.js";
import { downloadFile } from "./downloads.js";
import { copy, pressed, run } from "./running.js";
import { startEdit } from "./unfinished.js";

/**
 * @typedef {{conversation: () => Desk.Conversation | null, messages: () => Desk.Message[],
 *            composer: () => Desk.Composer | null | undefined}} Owner
 */

/** The picture among those of the conversation; one that is still on its way up alone. @param {HTMLElement} photo @param {Owner} owner @param {AbortSignal} signal */
export async function view(photo, owner, signal) {
  const viewer = await pressed(import("../ui/viewer.js"));
  if (!viewer || signal.aborted) return;
  const { file, full = "" } = photo.dataset;
  const all = owner.messages().filter(({ kind }) => kind !== "sticker").flatMap(({ attachments }) => attachments)
    .filter(({ state, content_type }) => state === "ready" && content_type.startsWith("image/"));
  const at = all.findIndex(({ id }) => id === file);
  const alone = { id: "", name: photo.querySelector("img")?.alt ?? "", url: full };
  viewer.viewPhotos(at < 0 ? [alone] : all, Math.max(at, 0), {
    source: freshUrl,
    save: downloadFile,
  }, signal);
}

/** @param {Desk.Message} message @param {Owner} owner @param {AbortSignal} signal */
export async function openMenu(message, owner, signal) {
  const mine = message.author?.id === session.me.id;
  const menu = await pressed(import("../ui/message-menu.js"));
  if (!menu || signal.aborted) return;
  const chosen = await menu.messageMenu({
    mine: message.reactions.find(({ person }) => person === session.me.id)?.emoji ?? "",
    react: !isStaff() || message.internal || rows.get(owner.conversation()?.id ?? "")?.source !== "business",
    reply: true,
    copy: Boolean(message.text),
    edit: mine && Boolean(message.text),
    remove: mine || (session.me.role !== "agent" && isStaff() && message.author?.role !== "customer"),
  });
  const composer = owner.composer();
  if (!chosen) return;
  if (chosen.emoji) react(message, chosen.emoji);
  else if (chosen.action === "reply") composer?.replyTo(message);
  else if (chosen.action === "edit") composer && startEdit(composer, message);
  else if (chosen.action === "copy") copy(message.text);
  else if (chosen.action === "remove") run(() => request("DELETE", `messages/${message.id}/`), t("message_removed"));
}

/** The same sign once more takes it back. @param {Desk.Message} message @param {string} emoji */
export function react(message, emoji) {
  const mine = message.reactions.find(({ person }) => person === session.me.id)?.emoji;
  haptic("selection");
  const body = { emoji: mine === emoji ? null : emoji };
  run(() => request("POST", `messages/${message.id}/react/`, { body }));
}

/** Has what did not reach Telegram sent again. @param {HTMLElement} element @param {string} id */
export async function sendAgain(element, id) {
  const button = /** @type {HTMLButtonElement} */ (element);
  button.disabled = true;
  await run(() => request("POST", `messages/${id}/retry/`), t("retried"));
  button.disabled = false;
}
