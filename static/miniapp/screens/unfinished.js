// @ts-check
/**
 * What is begun in a conversation and not sent stands there on the next visit: the mode, the message that is answered or
 * changed (after a reload and in this person's other tabs too), and the picked files, as long as the page lives.
 */
import { watch } from "../core/store.js";
import { request } from "../data/api.js";
import { draft, saveDraft } from "../data/drafts.js";
import { run } from "./running.js";

const SAVE_MS = 300;
const BUSY_MS = 2_000;

/** @typedef {{mode: Desk.Composer["mode"], reply: Desk.Message | null, edit: {message: Desk.Message, text: string} | null}} Begun */
/** @typedef {(id: string) => Desk.Message | undefined} Find */

/** Picked and not sent, by ticket. @type {Map<string, Desk.JobFile[]>} */
const picked = new Map();
/** @type {WeakSet<Desk.Composer>} */
const followed = new WeakSet();

const nameOf = (/** @type {string} */ ticket) => `${ticket}.begun`;
/** @param {string} ticket @returns {Begun | null} */
const begunOf = (ticket) => draft(nameOf(ticket));

/** Takes up what was begun before, and keeps what is from now on. @param {Desk.Composer} composer @param {string} ticket its id @param {Find} find @param {AbortSignal} signal */
export function keepUnfinished(composer, ticket, find, signal) {
  if (followed.has(composer)) return;
  followed.add(composer);
  restore(composer, ticket, find);
  const { owner, node, picker } = composer;
  let saved = JSON.stringify(begunIn(composer));
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
    if (picker.files.length) picked.set(ticket, picker.files);
    else picked.delete(ticket);
  };
  const keep = composer.save.bind(composer);
  composer.save = () => { // before it is taken away, as where its ticket is closed
    keep();
    save();
  };
  const { onSend } = owner;
  owner.onSend = (...sent) => {
    onSend(...sent);
    if (composer.refs.text.value || picker.files.length) return; // a voice message leaves what stands there
    rest();
    saved = "";
    saveDraft(nameOf(ticket), null);
  };
  signal.addEventListener("abort", save, { once: true });
  addEventListener("pagehide", save, { signal });
  followTabs(composer, ticket, find, () => Boolean(saving), signal);
}

/** @param {Desk.Composer} composer @returns {Begun} */
function begunIn({ mode, reply, edited, refs }) {
  return { mode, reply, edit: edited && { message: edited.message, text: refs.text.value } };
}

/** @param {Desk.Composer} composer @param {string} ticket @param {Find} find */
function restore(composer, ticket, find) {
  const { node, picker } = composer;
  if (node.contains(document.activeElement)) return; // this module came late: something new is begun
  const files = picked.get(ticket);
  const begun = begunOf(ticket);
  if (files) {
    picker.files = files;
    picker.draw();
    composer.fit();
  }
  if (begun) quietly(composer, () => show(composer, begun, find));
}

/** Without the focus, which on a phone brings the keyboard. @param {Desk.Composer} composer @param {() => void} work */
function quietly({ node }, work) {
  node.inert = true;
  work();
  node.inert = false;
}

/** @param {Desk.Composer} composer @param {Begun} begun @param {Find} find */
function show(composer, { mode, reply, edit }, find) {
  composer.setMode(mode);
  const then = reply ?? edit?.message;
  const message = then && (find(then.id) ?? then);
  if (!message || message.deleted_at) return;
  if (!edit) return composer.replyTo(message);
  startEdit(composer, message);
  composer.refs.text.value = edit.text;
  composer.fit();
}

/** One's own message gets another text. @param {Desk.Composer} composer @param {Desk.Message} message */
export function startEdit(composer, message) {
  composer.edit(message, (text) => run(() => request("PATCH", `messages/${message.id}/`, { body: { text } })));
}

/**
 * What this person writes and answers in another tab of the browser stands here too, once they do not write here.
 * @param {Desk.Composer} composer @param {string} ticket @param {Find} find @param {() => boolean} isSaving @param {AbortSignal} signal
 */
function followTabs(composer, ticket, find, isSaving, signal) {
  const { node, owner, refs: { text } } = composer;
  let wrote = 0;
  const follow = () => {
    if (signal.aborted || !node.isConnected || composer.edited) return;
    const busy = document.hasFocus() ? wrote + BUSY_MS - Date.now() : 0;
    const rest = Math.max(busy, isSaving() ? SAVE_MS : 0);
    if (rest > 0) return void setTimeout(follow, rest);
    const { mode, reply, edit } = begunOf(ticket) ?? { mode: "reply", reply: null, edit: null };
    if (mode === composer.mode && !edit && reply?.id !== composer.reply?.id) {
      quietly(composer, () => reply ? composer.replyTo(find(reply.id) ?? reply) : composer.forget());
    }
    const theirs = owner.draft(composer.mode);
    if (text.value === theirs) return;
    text.value = theirs;
    composer.fit();
  };
  node.addEventListener("input", () => wrote = Date.now(), { signal });
  watch("drafts", follow, signal);
}

/** Begins a reply, behind what is begun there. @param {string} ticket @param {string} text @param {Desk.JobFile[]} files */
export function beginReply(ticket, text, files) {
  const name = `${ticket}.reply`;
  if (text) saveDraft(name, [draft(name), text].filter(Boolean).join("\n\n"));
  if (files.length) picked.set(ticket, [...picked.get(ticket) ?? [], ...files]);
}

/** What was begun in one ticket is finished in the other, where nothing is begun. @param {string} ticket @param {string} other */
export function carryUnfinished(ticket, other) {
  for (const mode of ["reply", "note"]) {
    const text = draft(`${ticket}.${mode}`);
    if (!text || draft(`${other}.${mode}`)) continue;
    saveDraft(`${other}.${mode}`, text);
    saveDraft(`${ticket}.${mode}`, null);
  }
  const files = picked.get(ticket);
  if (files && !picked.has(other)) picked.set(other, files);
  picked.delete(ticket);
  const mode = begunOf(ticket)?.mode;
  saveDraft(nameOf(ticket), null);
  if (mode === "note" && !begunOf(other)) saveDraft(nameOf(other), { mode, reply: null, edit: null });
}
