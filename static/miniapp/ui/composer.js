// @ts-check
/** Where one writes: grows with its text, keeps a draft per mode, sends by the rules of the device. */
import { clone, hasKeyboard, onAction, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { Picker } from "./picker.js";

const DRAFT_MS = 300;
const TALLEST_REM = 9.5;

/** @typedef {"reply" | "note"} Mode */
/**
 * @typedef {{limit: number, staff: boolean, rules: Omit<Desk.PickRules, "onChange">,
 *            draft: (mode: Mode) => string, saveDraft: (mode: Mode, text: string) => void,
 *            onTyping: (mode: Mode) => void, onSend: (mode: Mode, text: string, files: Desk.JobFile[]) => void}} Owner
 */

export class Composer {
  /** @type {Mode} */
  mode = "reply";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #saving;

  /** @param {Owner} owner @param {AbortSignal} signal */
  constructor(owner, signal) {
    this.owner = owner;
    const { node, refs } = clone("composer");
    this.node = node;
    this.refs = refs;
    this.picker = new Picker(/** @type {any} */ (refs), { ...owner.rules, onChange: () => this.#fit() }, signal);
    this.picker.listen(node, signal);
    refs.modes.hidden = !owner.staff;
    refs.text.value = owner.draft("reply");
    node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    }, { signal });
    onAction(node, {
      pick: () => this.picker.open(),
      remove: (button) => this.picker.remove(button.dataset.key ?? ""),
      reply: () => this.setMode("reply"),
      note: () => this.setMode("note"),
    }, signal);
    // the keyboard of a phone must stay open
    refs.send.addEventListener("pointerdown", (/** @type {Event} */ event) => event.preventDefault(), { signal });
    refs.text.addEventListener("input", () => this.#onInput(), { signal });
    refs.text.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#onKey(event), { signal });
    this.#drawMode();
  }

  /** To be called once it is on the page. */
  mounted() {
    this.#fit();
  }

  /** @param {Mode} mode */
  setMode(mode) {
    if (mode === this.mode) return;
    this.#save();
    this.mode = mode;
    this.refs.text.value = this.owner.draft(mode);
    this.#drawMode();
    this.#fit();
    this.refs.text.focus();
  }

  /** @param {boolean} shown */
  showReopenHint(shown) {
    this.refs.reopenHint.hidden = !shown;
  }

  focus() {
    this.refs.text.focus({ preventScroll: true });
  }

  send() {
    const text = this.refs.text.value.trim();
    if ((!text && !this.picker.files.length) || this.#over() > 0) return;
    const mode = this.mode;
    this.refs.text.value = "";
    this.#save();
    this.picker.setError("");
    const files = this.picker.take();
    this.#fit();
    this.owner.onSend(mode, text, files);
    this.focus();
  }

  #over() {
    // Telegram counts UTF-16 units, as JavaScript does
    return this.refs.text.value.trim().length - this.owner.limit;
  }

  #onInput() {
    this.#fit();
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => this.#save(), DRAFT_MS);
    if (this.refs.text.value) this.owner.onTyping(this.mode);
  }

  #save() {
    clearTimeout(this.#saving);
    this.owner.saveDraft(this.mode, this.refs.text.value);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    const forced = event.ctrlKey || event.metaKey;
    if (!forced && (event.shiftKey || event.altKey || !hasKeyboard())) return;
    event.preventDefault();
    this.send();
  }

  #fit() {
    const { text, send, error } = this.refs;
    const over = this.#over();
    if (over > 0) this.picker.setError(t("characters_over", { count: over }));
    else if (error.dataset.over) this.picker.setError("");
    error.dataset.over = over > 0 ? "yes" : "";
    send.disabled = over > 0 || (!text.value.trim() && !this.picker.files.length);
    if (!text.isConnected) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, TALLEST_REM * rem)}px`;
  }

  #drawMode() {
    const { text, replyMode, noteMode, noteHint } = this.refs;
    const note = this.mode === "note";
    this.node.classList.toggle("is-note", note);
    noteHint.hidden = !note;
    replyMode.setAttribute("aria-pressed", String(!note));
    noteMode.setAttribute("aria-pressed", String(note));
    text.placeholder = t(note ? "note_placeholder" : this.owner.staff ? "reply_placeholder" : "message_placeholder");
    text.setAttribute("aria-label", text.placeholder);
    text.enterKeyHint = hasKeyboard() ? "send" : "enter";
    setText(this.refs.error, "");
  }
}
