// @ts-check
/**
 * What one does with a message: retry, react, answer, change, remove, copy, save its file; and what some tickets have
 * beside their messages: a rating, others that were merged with them.
 */
import { onAction } from "../core/dom.js";
import { go } from "../core/router.js";
import { orTell, watch } from "../core/store.js";
import { haptic, setSwipes } from "../core/telegram.js";
import { changesOf } from "../data/changes.js";
import { allOf, isFar } from "../data/far-part.js";
import { loadOlder } from "../data/older-messages.js";
import { markRead, readByOthers, tellRead } from "../data/reading.js";
import { freshFiles, isStaff } from "../data/session.js";
import { anew } from "../data/threads.js";
import { fetchTicket, rows } from "../data/tickets.js";
import { previews } from "../data/uploads.js";
import { takeWanted } from "../data/wanted.js";
import { longPress } from "../ui/long-press.js";
import { voiceType } from "../ui/voice.js";
import { amongChanges } from "./chat-changes.js";
import { drawSubtitle, sayNews } from "./chat-head.js";
import { drawClosed, offerWays, tellWaiting } from "./closing.js";
import { divide, endLead, goTo } from "./divider.js";
import { downloadFile, mend } from "./downloads.js";
import { leaveFar, loadNewer } from "./far-messages.js";
import { callBack, drop, editFailed, failedElsewhere, jobOf, rowsElsewhere, sendOnceMore } from "./on-their-way.js";
import { pressOlder, waitForOlder } from "./older.js";
import { addPicked } from "./picked-files.js";
import { holdShown } from "./pictures.js";
import { knownQuote, messageIn, quotedIn } from "./quotes.js";
import { copy, pressed, run } from "./running.js";
import { followAbout, keepUnfinished } from "./unfinished.js";
import { leadToOther } from "./way-on.js";

/**
 * @typedef {{message: (id: string) => Desk.Message | undefined,
 *            goTo: (id: string) => boolean,
 *            conversation: () => Desk.Conversation | null, redraw: () => void, messages: () => Desk.Message[],
 *            composer: () => Desk.Composer | null | undefined}} Owner
 */

/** Each has its module, which without a network comes with the next change. @param {Record<string, any>} refs of the chat @param {Desk.Ticket} ticket @param {AbortSignal} signal @param {Desk.Composer | null} [composer] */
export async function drawBeside(refs, ticket, signal, composer) {
  drawSubtitle(refs, ticket);
  if (composer && isStaff() && (ticket.status === "closed" || composer.refs.modes.hidden)) {
    await import("./closed-notes.js").then((it) => it.keepToNotes(refs.foot, ticket.id, composer)).catch(orTell);
  }
  if (composer) {
    keepUnfinished(composer, ticket.id, (id) => messageIn(owners.get(signal), id, signal), signal);
    offerVoice(composer, ticket.id, signal);
  }
  drawClosed(refs, ticket, signal);
  if (composer && isStaff()) {
    import("./send-and.js").then(({ offerSendAnd }) => offerSendAnd(composer, ticket.id, signal)).catch(orTell);
  }
  if (ticket.merged_into || ticket.merged_from?.length) await leadToOther(refs, ticket, signal);
  if (!isStaff()) import("./hint.js").then(({ drawHint }) => drawHint(refs.foot, ticket)).catch(orTell);
  const done = ticket.status === "resolved" || ticket.status === "closed";
  if (!done && !ticket.rating && !refs.rating.firstChild) return;
  const rating = await import("./rated.js").catch(orTell);
  if (!signal.aborted) rating?.drawRated(refs.rating, ticket.id, signal);
}

/**
 * What else happened stands between the messages, what other tabs send below them, and what is new under its divider.
 * @param {Desk.Entry[]} entries @param {Desk.Opening & Desk.Visit} chat
 */
export function withChanges(entries, chat) {
  const { conversation } = chat;
  if (conversation.thread.sequence < 0) {
    return [...entries, ...rowsElsewhere(conversation)];
  }
  if (divide(chat)) return [];
  if (isFar(conversation.thread)) return amongThose(entries.filter(({ job }) => !job), conversation);
  return amongChanges([...entries, ...rowsElsewhere(conversation)], changesOf(conversation));
}

/** Far above the newest messages: neither what is on its way nor what changed further down. @param {Desk.Entry[]} entries @param {Desk.Conversation} conversation */
function amongThose(entries, conversation) {
  const end = entries.at(-1)?.message.sequence ?? 0;
  return amongChanges(entries, changesOf(conversation).filter(({ sequence }) => sequence < end));
}

/** How far both sides have read. */
export const reading = { mark: markRead, byOthers: readByOthers };

/** The beginning of what is loaded is near. @param {Desk.Conversation} conversation */
export const onOlder = (conversation) => loadOlder(conversation);

/** The end of a part far above the newest messages is near. @param {Desk.Visit} chat */
export const onNewer = ({ conversation, redraw, signal }) => loadNewer(conversation, redraw, signal);

/** What could not be sent in a closed ticket goes into the form of a new one; without a network it stays. @param {Event} event of the link @param {string} ticket */
async function goOnAnew(event, ticket) {
  event.preventDefault();
  await import("./taking-along.js").then((it) => it.takeAlong(ticket)).catch(orTell);
  go("new");
}

/** Instead of such a part, or of the way to it. @param {Desk.Visit} chat */
export function showNewest({ conversation, redraw, signal }) {
  const wasLed = endLead(signal);
  if (conversation && leaveFar(conversation) || wasLed) redraw();
}

/** The picture that this page has uploaded itself, from memory. @param {string} attachment */
export const previewOf = (attachment) => previews.get(attachment) ?? "";

/** A button to record, where the browser can. @param {Desk.Composer} composer @param {string} ticket @param {AbortSignal} signal */
function offerVoice(composer, ticket, signal) {
  const { refs } = composer;
  if (!refs.voice.hidden || !voiceType()) return;
  refs.voice.hidden = false;
  refs.voice.parentElement.classList.add("can-record");
  refs.voice.addEventListener("click", async () => {
    const recorder = await pressed(import("../ui/recorder.js"));
    if (!signal.aborted) recorder?.record(composer, (file) => addPicked(ticket, file, composer), signal);
  }, { signal });
}

/** What a press does with a message. */
const coming = () => pressed(import("./message-acts.js"));

/** What each conversation that is shown can do. @type {WeakMap<AbortSignal, Owner>} */
const owners = new WeakMap();

/** @param {HTMLElement} root @param {Owner} owner @param {AbortSignal} signal */
export function listenToMessages(root, owner, signal) {
  owners.set(signal, owner);
  freshFiles().catch(() => {}); // nobody waits for it: what is drawn with the old key comes by the new one
  holdShown(owner, signal);
  setSwipes(false);
  anew.keep = (conversation, page) =>
    import("./keeping.js").catch(orTell).then((it) => it?.keepPlace(conversation, page, root, owner, signal));
  signal.addEventListener("abort", () => {
    tellRead();
    setSwipes(true);
    anew.keep = null;
  }, { once: true });
  watch("wanted", owner.redraw, signal); // a search leads to another message of what is open already
  const messageOf = (/** @type {HTMLElement} */ element) => owner.message(idOf(element));
  onAction(root, {
    retry: (button) => {
      const id = idOf(button);
      const conversation = owner.conversation();
      const job = conversation && jobOf(conversation.id, id);
      if (conversation && job?.error === "stale") settleConflict(id, conversation, signal);
      else sendOnceMore(id);
    },
    older: (button) => pressOlder(button, owner.conversation(), owner.redraw),
    again: async (button) => (await coming())?.sendAgain(button, idOf(button)),
    discard: (button) => drop(idOf(button)),
    callBack: (button) => callBack(idOf(button), owner),
    editFailed: (button) => editFailed(idOf(button), owner),
    copyFailed: (button) => copy(jobOf(owner.conversation()?.id ?? "", idOf(button))?.text ?? ""),
    newTicket: (_link, event) => goOnAnew(event, owner.conversation()?.id ?? ""),
    view: async (photo) => (await coming())?.view(photo, owner, signal),
    download: downloadFile,
    quote: (button) => {
      const target = messageOf(button)?.reply_to;
      if (target) showQuoted(target, owner, signal);
    },
    reaction: async (chip) => {
      const message = messageOf(chip);
      if (message) (await coming())?.react(message, chip.dataset.emoji ?? "");
    },
    versions: async (button) => {
      const sheet = await pressed(import("./versions.js"));
      if (!signal.aborted) sheet?.showVersions(idOf(button), signal);
    },
    menu: async (button) => {
      const message = messageOf(button);
      if (message) (await coming())?.openMenu(message, owner, signal);
    },
  }, signal);
  root.addEventListener("click", ({ target }) => {
    const picker = owner.composer()?.picker;
    if (isStaff() || !picker || target !== picker.parts.input) return; // its chooser was opened
    const ticket = owner.conversation()?.id ?? "";
    import("./photo-by-bot.js").then(({ awaitChoice }) => awaitChoice(picker, ticket, signal)).catch(orTell);
  }, { signal });
  root.addEventListener("error", ({ target }) => {
    if (target instanceof HTMLImageElement && target.closest(".messages")) mend(target);
  }, { capture: true, signal });
  longPress(root, ".bubble", (bubble) => {
    const message = messageOf(bubble);
    if (!message || message.deleted_at) return false;
    haptic("light");
    coming().then((acts) => acts?.openMenu(message, owner, signal));
    return true;
  }, signal);
}

/** Conflicts that have been asked about, by the visit of a conversation. @type {WeakMap<AbortSignal, Set<string>>} */
const asked = new WeakMap();

/**
 * Says what is new, and shows what one was looking for. Each conflict asks once by itself; then by its message's button.
 * @param {{ticketId: string, announced: number, failed: string[], conversation: Desk.Conversation | null, refs: Record<string, any>, signal: AbortSignal}} chat
 * @param {Desk.Message[]} messages
 */
export function follow(chat, messages) {
  const { conversation, signal } = chat;
  for (const job of failedElsewhere(chat.ticketId)) offerWays(job, true);
  if ((conversation?.thread.sequence ?? -1) < 0) return; // its history is no news
  const owner = owners.get(signal);
  const composer = owner?.composer();
  if (composer) followAbout(composer, (id) => messageIn(owners.get(signal), id, signal));
  const wanted = takeWanted(chat.ticketId);
  if (wanted && owner) goTo(wanted, owner, signal);
  if (conversation && owner) waitForOlder(conversation, owner.redraw, signal);
  const failed = sayNews(chat, conversation && isFar(conversation.thread) ? allOf(conversation.thread) : messages);
  tellWaiting(chat.refs.foot, chat.ticketId);
  const before = asked.get(signal) ?? new Set();
  asked.set(signal, before);
  for (const job of conversation ? failed : []) {
    const { id, error, faster = "" } = job;
    offerWays(job);
    if (error !== "stale" || before.has(id) || !conversation) continue;
    // it is still on its way, unless it stands further up than what is loaded
    const isAbove = (messages[0]?.sequence ?? 0) > (job.expected_sequence ?? 0);
    if (!isAbove && !conversation.thread.messages.has(faster)) continue;
    before.add(id);
    settleConflict(id, conversation, signal);
  }
}

/** A colleague was faster. @param {string} id of the job @param {Desk.Conversation} conversation @param {AbortSignal} signal */
async function settleConflict(id, conversation, signal) {
  const it = await pressed(import("./settling.js"));
  if (!signal.aborted) it?.settle(id, conversation, signal);
}

/** @param {HTMLElement} element */
const idOf = (element) => /** @type {HTMLElement | null} */ (element.closest(".message"))?.dataset.id ?? "";

/** A quoted message that is not loaded. @param {string} id @param {Desk.Visit} chat */
export const elsewhere = (id, chat) => quotedIn(chat, id);

/** @param {string} id @param {Owner} owner @param {AbortSignal} signal */
async function showQuoted(id, owner, signal) {
  const ticket = owner.message(id) ? null : knownQuote(signal, id)?.ticket;
  if (!ticket || ticket === owner.conversation()?.id) return goTo(id, owner, signal);
  await run(async () => go(`tickets/${(rows.get(ticket) ?? await fetchTicket(ticket)).number}`));
}
