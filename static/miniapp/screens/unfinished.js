// @ts-check
/**
 * What is begun in a conversation and not sent stands there on the next visit: the mode, and the message that is answered or
 * changed (after a reload, too).
 */
import { setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { orTell, touch } from "../core/store.js";
import { request } from "../data/api.js";
import { draft, saveDraft } from "../data/drafts.js";
import { insist, lateStyles } from "../ui/late.js";
import { nameOf as nameOfPerson, summaryOf } from "../ui/words.js";
import { followPicking, holds, keepPicked, noting, pickedIn } from "./picked-files.js";
import { run } from "./running.js";

const SAVE_MS = 300;
const LEFT_SECONDS = 10;

/**
 * `reply` and `edit.id` are messages, by their id alone: their words would outlive them here.
 * @typedef {{mode: Desk.Composer["mode"], reply: string | null, edit: {id: string, text: string} | null}} Begun
 */
/** Null while it is asked for, undefined where it cannot be seen. @typedef {(id: string) => Desk.Message | null | undefined} Find */

/** @type {WeakSet<Desk.Composer>} */
const followed = new WeakSet();
/** What was begun before, while something else is written. @type {WeakMap<Desk.Composer, Begun>} */
const awaited = new WeakMap();
/** Told of to who was writing something else. @type {WeakSet<Begun>} */
const offered = new WeakSet();
/** Who writes here writes notes, until they press "Reply". @type {WeakSet<Desk.Composer>} */
const noted = new WeakSet();

const nameOf = (/** @type {string} */ ticket) => `${ticket}.begun`;
/** @param {string} ticket @returns {Begun | null} */
const begunOf = (ticket) => draft(nameOf(ticket));

/** Takes up what was begun before, and keeps what is from now on. @param {Desk.Composer} composer @param {string} ticket its id @param {Find} find @param {AbortSignal} signal */
export function keepUnfinished(composer, ticket, find, signal) {
  if (followed.has(composer)) return;
  followed.add(composer);
  followPicking(ticket, composer, signal);
  restore(composer, ticket, find);
  const { owner, node, picker } = composer;
  let saved = JSON.stringify(begunIn(composer));
  let { files } = picker;
  /** @type {ReturnType<typeof setTimeout> | null} */
  let saving = null;
  const rest = () => {
    clearTimeout(saving ?? 0);
    saving = null;
  };
  const save = () => {
    if (!saving || !node.isConnected) return; // nothing is new; or another page may have it by now
    rest();
    const begun = begunIn(composer);
    if (JSON.stringify(begun) === saved) return; // what another tab has begun stays
    saved = JSON.stringify(begun);
    saveDraft(nameOf(ticket), begun.mode === "note" || begun.reply || begun.edit ? begun : null);
  };
  composer.onChange = () => {
    if (signal.aborted) return;
    rest();
    saving = setTimeout(save, SAVE_MS);
    keepPicked(ticket, composer);
    queueMicrotask(() => settle(composer, find));
    if (files !== picker.files) touch("pictures"); // some went away
    files = picker.files;
  };
  offerEditAgain(composer);
  const keep = composer.save.bind(composer);
  composer.save = () => { // before it is taken away, as where its ticket is closed
    keep();
    save();
  };
  node.addEventListener("focusin", () => noted[composer.mode === "note" ? "add" : "delete"](composer), { signal });
  const { onSend } = owner;
  owner.onSend = (chosen, text, sent, reply) => {
    const mode = sent.length && noting.has(composer) ? "note" : chosen;
    onSend(mode, text, sent, reply);
    if (mode === "note") noted.add(composer);
    if (composer.refs.text.value || picker.files.length) return; // a voice message leaves what stands there
    noting.delete(composer);
    rest();
    saved = "";
    const left = awaited.get(composer);
    saveDraft(nameOf(ticket), left ?? null);
    if (left?.mode === composer.mode) show(composer, left, find); // the side is not changed under the hand
  };
  signal.addEventListener("abort", save);
  addEventListener("pagehide", save, { signal });
  const ways = {
    begun: () => begunOf(ticket),
    begin: (/** @type {Begun} */ begun) =>
      quietly(composer, () => {
        composer.forget();
        if (begun.reply) show(composer, begun, find);
      }),
    isSaving: () => Boolean(saving),
  };
  insist(() => import("./same-in-tabs.js"), ({ followTabs }) => followTabs(composer, ways, signal));
}

/** @param {Desk.Composer} composer @returns {Begun} */
function begunIn(composer) {
  const { mode, reply, edited, refs } = composer;
  if (!reply && !edited && awaited.has(composer)) return /** @type {Begun} */ (awaited.get(composer));
  return { mode, reply: reply?.id ?? null, edit: edited && { id: edited.message.id, text: refs.text.value } };
}

/** The message that is answered has its turn once its side is there again. @param {Desk.Composer} composer */
export const putOff = (composer) => composer.reply && awaited.set(composer, begunIn(composer));

/** Nothing is begun, nor written at this moment. @param {Desk.Composer} composer */
export const mayTurn = (composer) =>
  !composer.refs.text.value && !holds(composer) && !(noted.has(composer) && isWriting(composer));

/** @param {Desk.Composer} composer */
const isWriting = ({ node }) => node.contains(document.activeElement);

/** What is picked as a note stands in no reply; a message whose side is there has its turn. @param {Desk.Composer} composer @param {Find} find */
function settle(composer, find) {
  const begun = awaited.get(composer);
  if (composer.edited) return;
  if (composer.mode !== "note" && noting.has(composer)) gently(composer, () => composer.setMode("note"));
  else if (begun?.reply && begun.mode === composer.mode) followAbout(composer, find);
}

/** @param {Desk.Composer} composer @param {string} ticket @param {Find} find */
function restore(composer, ticket, find) {
  const { picker } = composer;
  const begun = begunOf(ticket);
  if (isWriting(composer)) { // this module came late
    if (begun?.edit || (begun?.reply && begun.mode !== composer.mode)) awaited.set(composer, begun);
    else if (begun?.reply) show(composer, begun, find);
    return;
  }
  const { mode, files } = pickedIn(ticket);
  if (files.length) {
    picker.files = files;
    picker.draw();
    composer.fit();
    if (mode === "note") {
      noting.add(composer);
      quietly(composer, () => composer.setMode("note"));
    }
  }
  if (begun && noting.has(composer) && begun.mode !== "note") awaited.set(composer, begun);
  else if (begun) quietly(composer, () => show(composer, begun, find));
}

/** Without the focus, which on a phone brings the keyboard. @param {Desk.Composer} composer @param {() => void} work */
function quietly({ node }, work) {
  node.inert = true;
  work();
  node.inert = false;
}

/** The focus neither comes nor goes. @param {Desk.Composer} composer @param {() => void} work */
function gently(composer, work) {
  if (isWriting(composer)) work();
  else quietly(composer, work);
}

/** @param {Desk.Composer} composer @param {Begun} begun @param {Find} find */
function show(composer, begun, find) {
  const { mode, reply, edit } = begun;
  awaited.delete(composer);
  composer.setMode(mode);
  if (!edit && composer.mode !== mode) return void awaited.set(composer, begun); // a closed ticket takes no answer
  const id = reply ?? edit?.id;
  if (!id) return;
  const found = find(id);
  const message = found ?? unknown(id, mode);
  if (found === undefined || message.deleted_at) return;
  if (edit) {
    startEdit(composer, message);
    composer.refs.text.value = edit.text;
    composer.fit();
  } else {
    composer.replyTo(message);
    if (!found) setText(composer.refs.aboutTitle, t("earlier_message"));
  }
}

/** Stands for a message that is on its way: it can be answered and changed by its id. @param {string} id @param {Desk.Composer["mode"]} mode @returns {Desk.Message} */
export const unknown = (id, mode) => /** @type {any} */ ({ id, text: "…", internal: mode === "note" });

/** What stands above the field follows its message, with each drawing of the conversation: it comes late, is edited, or is deleted. @param {Desk.Composer} composer @param {Find} find */
export function followAbout(composer, find) {
  const { refs, reply, edited } = composer;
  const about = reply ?? edited?.message;
  const begun = awaited.get(composer);
  if (!about && begun && find(begun.edit?.id ?? begun.reply ?? "")) {
    const writes = isWriting(composer);
    const there = begun.mode === composer.mode;
    // what is being written, and what is picked, is not taken from under the hand
    if (begun.edit ? !writes && (there || !holds(composer)) : there || (!writes && mayTurn(composer))) {
      gently(composer, () => show(composer, begun, find));
    } else if (begun.edit) offerAwaited(composer, begun, find);
  }
  const now = about && find(about.id);
  if (!about || now === null || now === about) return;
  if (!now || now.deleted_at) return leave(composer, now ?? about);
  if (edited) edited.message = now;
  else {
    composer.reply = now;
    setText(refs.aboutTitle, t("answering", { name: nameOfPerson(now.author) }));
  }
  setText(refs.aboutText, summaryOf(now));
}

/** Once. @param {Desk.Composer} composer @param {Begun} begun @param {Find} find */
function offerAwaited(composer, begun, find) {
  if (offered.has(begun)) return;
  offered.add(begun);
  undoLeaving(() => {
    if (composer.node.isConnected && composer.edited?.message.id !== begun.edit?.id) show(composer, begun, find);
  });
}

/** The message is gone; new words to it are kept behind the draft. @param {Desk.Composer} composer @param {Desk.Message} deleted */
function leave(composer, deleted) {
  const { edited, refs: { text } } = composer;
  const words = edited && text.value !== edited.message.text ? text.value : "";
  if (edited) edited.message = deleted; // nobody goes on with it
  composer.forget();
  if (!words) return;
  text.value = [text.value, words].filter(Boolean).join("\n\n");
  composer.fit();
  composer.save();
}

/** One's own message gets another text. @param {Desk.Composer} composer @param {Desk.Message} message */
export function startEdit(composer, message) {
  const field = composer.refs.text;
  composer.edit(message, async (text) => {
    if (field.readOnly) return false; // it is on its way
    const { edited } = composer;
    field.readOnly = true; // what is written meanwhile would be thrown away
    const saved = await run(() => request("PATCH", `messages/${message.id}/`, { body: { text } }));
    if (saved && edited) edited.message = { ...edited.message, text };
    if (composer.edited === edited) field.readOnly = false;
    else if (!saved && edited) offerEdit(composer, edited, text); // it was left on its way
    return saved;
  });
}

/** Who leaves a change whose words are new can go on with it. @param {Desk.Composer} composer */
function offerEditAgain(composer) {
  const forget = composer.forget.bind(composer);
  composer.forget = () => {
    const { edited, node, refs: { text } } = composer;
    const words = text.value;
    const saving = text.readOnly;
    text.readOnly = false;
    forget();
    if (edited && !saving && !node.inert) offerEdit(composer, edited, words);
  };
}

/** @param {Desk.Composer} composer @param {NonNullable<Desk.Composer["edited"]>} edited @param {string} words */
function offerEdit(composer, edited, words) {
  const { message } = edited;
  if (message.deleted_at || !words.trim() || words.trim() === message.text.trim()) return;
  undoLeaving(() => {
    if (!composer.node.isConnected) return;
    composer.edit(message, edited.save);
    composer.refs.text.value = words;
    composer.fit();
  });
}

/** @param {() => void} undo */
async function undoLeaving(undo) {
  const found = await Promise.all([import("../ui/offer.js"), lateStyles()]).catch(orTell);
  found?.[0].offer("undo", t("edit_left"), undo, LEFT_SECONDS);
}
