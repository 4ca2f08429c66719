// @ts-check
/** Where one writes: grows with its text, keeps a draft per mode, sends by the rules of the device. */
import { clone, hasKeyboard, onAction, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { orTell } from "../core/store.js";
import { Picker } from "./picker.js";
import { nameOf, summaryOf } from "./words.js";

const DRAFT_MS = 300;
/** Measuring lays the whole conversation out, with each key. */
const growsByItself = CSS.supports("field-sizing", "content");

/** @typedef {"reply" | "note"} Mode */
/** @typedef {{message: Desk.Message, save: (text: string) => Promise<boolean>}} Edited */
/**
 * @typedef {{limit: number, staff: boolean, rules: Omit<Desk.PickRules, "onChange">,
 *            draft: (mode: Mode) => string, saveDraft: (mode: Mode, text: string) => void,
 *            onTyping: (mode: Mode) => void, enterSends: () => boolean, savedReplies: (() => Promise<Desk.SavedReply[]>) | null,
 *            onSend: (mode: Mode, text: string, files: Desk.JobFile[], reply: Desk.Message | null) => void}} Owner
 */

export class Composer {
  /** @type {Mode} */
  mode = "reply";
  /** The message that is answered. @type {Desk.Message | null} */
  reply = null;
  /** The message that gets another text, and how. @type {Edited | null} */
  edited = null;
  /** Notes what is begun (screens/unfinished.js). @type {(() => void) | undefined} */
  onChange;
  /** @type {ReturnType<typeof setTimeout> | 0} */
  #saving = 0;
  /** @type {Desk.SavedReplies | null} */
  #saved = null;

  /** @param {Owner} owner @param {AbortSignal} signal */
  constructor(owner, signal) {
    this.owner = owner;
    const { node, refs } = clone("composer");
    this.node = node;
    this.refs = refs;
    this.picker = new Picker(/** @type {any} */ (refs), { ...owner.rules, onChange: () => this.fit() }, signal);
    this.picker.listen(node, signal);
    refs.modes.hidden = !owner.staff;
    refs.savedButton.hidden = !owner.savedReplies;
    refs.text.value = owner.draft("reply");
    if (refs.text.value.includes("{")) this.#offerSaved(); // an answer that is not filled in yet
    node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    }, { signal });
    onAction(node, {
      pick: () => this.picker.open(),
      saved: () => this.#offerSaved(true),
      remove: (button) => this.picker.remove(button.dataset.key ?? ""),
      reply: () => this.setMode("reply"),
      note: () => this.setMode("note"),
      forget: () => this.forget(),
    }, signal);
    // the keyboard of a phone must stay open
    refs.send.addEventListener("pointerdown", (/** @type {Event} */ event) => event.preventDefault(), { signal });
    refs.text.addEventListener("input", () => this.#onInput(), { signal });
    refs.text.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#onKey(event), { signal });
    // what another tab wrote meanwhile stays
    const leave = () => this.#saving && this.save();
    signal.addEventListener("abort", leave, { once: true });
    addEventListener("pagehide", leave, { signal });
    this.#drawMode();
  }

  /** @param {Mode} mode */
  setMode(mode) {
    if (mode === this.mode) return;
    this.forget();
    this.save();
    this.mode = mode;
    this.refs.text.value = this.owner.draft(mode);
    this.#drawMode();
    this.fit();
    this.refs.text.focus();
  }

  /** What is written next answers this message; a note is answered by a note. @param {Desk.Message} message */
  replyTo(message) {
    this.forget();
    if (message.internal) this.setMode("note");
    this.reply = message;
    this.#drawAbout(t("answering", { name: nameOf(message.author) }), message);
  }

  /** The text of one's own message, to be changed; what was being written waits as a draft. @param {Desk.Message} message @param {(text: string) => Promise<boolean>} save */
  edit(message, save) {
    this.forget();
    this.setMode(message.internal ? "note" : "reply"); // what becomes of its words stays on its side
    this.save();
    this.edited = { message, save };
    this.node.classList.add("is-editing");
    this.refs.text.value = message.text;
    this.#drawAbout(t("editing"), message);
  }

  /** @param {string} title @param {Desk.Message} message */
  #drawAbout(title, message) {
    const { about, aboutTitle, aboutText } = this.refs;
    about.hidden = false;
    setText(aboutTitle, title);
    setText(aboutText, summaryOf(message));
    this.fit();
    this.focus();
  }

  /** Neither answers nor changes a certain message any more. */
  forget() {
    if (this.edited) this.refs.text.value = this.owner.draft(this.mode);
    this.reply = this.edited = null;
    this.node.classList.remove("is-editing");
    this.refs.about.hidden = true;
    this.fit();
  }

  focus() {
    this.refs.text.focus({ preventScroll: true });
  }

  send() {
    const text = this.refs.text.value.trim();
    if ((!text && !this.picker.files.length) || this.#over() > 0) return;
    if (this.edited) return this.#saveEdit(this.edited, text);
    const mode = this.mode;
    if (mode === "reply" && this.#saved?.holdsBack()) return;
    const reply = this.reply;
    this.refs.text.value = "";
    this.picker.setError("");
    const files = this.picker.take();
    this.forget();
    this.owner.onSend(mode, text, files, reply);
    this.save(); // only now: until then the draft is the only copy
    this.focus();
  }

  /** A file that goes out by itself; what is being written stays. @param {Desk.JobFile} file */
  sendFile(file) {
    const reply = this.reply;
    this.forget();
    this.owner.onSend(this.mode, "", [file], reply);
  }

  /** Where it is refused, the text stays to be tried again. @param {Edited} edited @param {string} text */
  async #saveEdit(edited, text) {
    if (!text) return;
    if ((text === edited.message.text || await edited.save(text)) && this.edited === edited) this.forget();
  }

  #over() {
    // Telegram counts UTF-16 units, as JavaScript does
    return this.refs.text.value.trim().length - this.owner.limit;
  }

  /** The saved replies come with the first `/`, or by their button. @param {boolean} [asked] */
  async #offerSaved(asked = false) {
    const { owner, refs: { text } } = this;
    if (!owner.savedReplies || (!asked && (this.#saved || !/[/{]/.test(text.value)))) return;
    const found = await import("./saved-replies.js").catch(orTell);
    if (!found) return;
    const how = { load: owner.savedReplies, picker: this.picker, onInsert: () => this.#onInput() };
    this.#saved ??= new found.SavedReplies(text, how);
    this.#saved.follow(asked);
    if (asked) this.#onInput();
  }

  #onInput() {
    this.fit();
    this.#offerSaved();
    if (this.edited) return;
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => this.save(), DRAFT_MS);
    if (this.refs.text.value) this.owner.onTyping(this.mode);
  }

  /** Keeps what is written as a draft. */
  save() {
    clearTimeout(this.#saving);
    this.#saving = 0;
    if (this.edited || !this.node.isConnected) return; // another page may have its text by now
    this.owner.saveDraft(this.mode, this.refs.text.value);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (this.#saved?.onKey(event)) return;
    if (event.key === "Escape" && !this.refs.about.hidden) {
      event.stopPropagation();
      return this.forget();
    }
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    const forced = event.ctrlKey || event.metaKey;
    if (!forced && (event.shiftKey || event.altKey || !hasKeyboard() || !this.owner.enterSends())) return;
    event.preventDefault();
    this.send();
  }

  /** What stands in it has changed; to be called once it is on the page, too. */
  fit() {
    this.#saved?.follow();
    this.onChange?.();
    const { text, send, error } = this.refs;
    const over = this.#over();
    if (over > 0) this.picker.setError(t("characters_over", { count: over }));
    else if (error.dataset.over) this.picker.setError("");
    error.dataset.over = over > 0 ? "yes" : "";
    send.disabled = over > 0 || (!text.value.trim() && !this.picker.files.length);
    if (!growsByItself) import("./growing.js").then(({ grow }) => grow(text)).catch(orTell);
  }

  #drawMode() {
    const { text, replyMode, noteMode, noteHint } = this.refs;
    const note = this.mode === "note";
    this.node.classList.toggle("is-note", note);
    noteHint.hidden = !note;
    replyMode.setAttribute("aria-pressed", String(!note));
    noteMode.setAttribute("aria-pressed", String(note));
    text.placeholder = t(note ? "note_placeholder" : "message_placeholder"); // so short that large text shows it whole
    text.setAttribute("aria-label", t(note ? "note_name" : this.owner.staff ? "reply_name" : "message_placeholder"));
    text.enterKeyHint = hasKeyboard() ? "send" : "enter";
    setText(this.refs.error, "");
  }
}
