// @ts-check
/** The list of saved replies above the composer, by `/` or its button. Inserting one never sends. Loaded with the first use. */
import { clone, keyed, setText, toast } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { lateStyles } from "./late.js";
import { looseOf } from "./marks.js";

const FRESH_MS = 60_000;
const MOST = 50;
/** What nobody has filled in yet, as it stands in a reply. */
const UNFILLED = /\{[a-zа-яё_][\wа-яё]*\}/i;

/** @typedef {{load: () => Promise<Desk.SavedReply[]>, picker: Desk.Picker, onInsert: () => void}} Owner */

export class SavedReplies {
  /** null until they have come. @type {Desk.SavedReply[] | null} */
  #all = null;
  /** @type {Desk.SavedReply[]} */
  #found = [];
  #active = 0;
  #loadedAt = 0;
  #failed = false;
  /** Where the `/` stands; -1: closed. */
  #start = -1;
  /** Where one was sent away, until that `/` is gone. */
  #dismissed = -1;
  /** The text whose sender has been told of what is unfilled. */
  #told = "";

  /** @param {HTMLTextAreaElement} text @param {Owner} owner */
  constructor(text, owner) {
    this.text = text;
    this.owner = owner;
    const { node, refs } = clone("saved-replies");
    this.node = node;
    this.refs = refs;
    node.hidden = true;
    node.addEventListener("pointerdown", (event) => event.preventDefault()); // the keyboard of a phone stays open
    node.addEventListener("click", (event) => {
      const option = /** @type {Element} */ (event.target).closest("[data-id]");
      const reply = this.#found.find(({ id }) => id === /** @type {HTMLElement | null} */ (option)?.dataset.id);
      if (reply) this.#insert(reply);
    });
    /** @type {HTMLElement} */ (text.parentElement).before(node);
  }

  /** Follows the caret. @param {boolean} [asked] by the button: writes the `/` itself, or takes it away again */
  follow(asked = false) {
    const { text } = this;
    const caret = text.selectionStart;
    if (asked && this.#start >= 0) {
      text.setRangeText("", this.#start, caret, "end");
    } else if (asked) {
      const space = caret && !/\s$/.test(text.value.slice(0, caret)) ? " " : "";
      text.setRangeText(`${space}/`, caret, text.selectionEnd, "end");
      this.#dismissed = -1;
    }
    if (asked) text.focus();
    const token = /(?:^|\s)\/(\S*)$/.exec(text.value.slice(0, text.selectionStart));
    const start = token ? text.selectionStart - token[1].length - 1 : -1;
    if (start !== this.#dismissed) this.#dismissed = -1;
    if (!token || start === this.#dismissed) return this.#close();
    if (this.#start < 0) this.#open();
    this.#start = start;
    this.#active = 0;
    this.#filter(looseOf(token[1]));
  }

  /** Whether the key was for the list. @param {KeyboardEvent} event */
  onKey(event) {
    // as with a snippet: on to what is not filled in yet; behind the last of them the key leaves the field as ever
    const next = event.key === "Tab" && !event.shiftKey && this.#start < 0 && this.#select(this.text.selectionEnd);
    // a key that is held down is no second press
    if (next || (event.key === "Enter" && event.repeat && this.#told)) {
      event.preventDefault();
      return true;
    }
    if (this.#start < 0 || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    const count = this.#found.length;
    if (event.key === "Escape") {
      this.#dismissed = this.#start;
      this.#close();
    } else if (event.key === "Enter" || event.key === "Tab") {
      if (event.shiftKey) return false;
      if (count) this.#insert(this.#found[this.#active]);
      // what was meant for the list does not go to the customer
      else if (event.key === "Tab" || this.text.value.trim().includes(" ")) return false;
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.#active = (this.#active + (event.key === "ArrowDown" ? 1 : count - 1)) % (count || 1);
      this.#draw();
    } else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** Whether an answer is not to go yet: once for each text, with what is unfilled selected. */
  holdsBack() {
    const { value } = this.text;
    const [name] = UNFILLED.exec(value) ?? [""];
    const holds = Boolean(name) && this.#told !== value;
    this.#told = holds ? value : "";
    if (!holds) return false;
    this.#select(0);
    toast(t("saved_unfilled", { name }));
    return true;
  }

  /** The next that is not filled in, from there on. @param {number} from @returns {boolean} whether there is one */
  #select(from) {
    const found = UNFILLED.exec(this.text.value.slice(from));
    if (found) this.text.setSelectionRange(from + found.index, from + found.index + found[0].length);
    return Boolean(found);
  }

  async #open() {
    lateStyles();
    this.node.hidden = false;
    this.text.setAttribute("aria-controls", this.refs.list.id);
    if (this.#all && Date.now() - this.#loadedAt < FRESH_MS) return;
    this.#failed = false;
    try {
      this.#all = await this.owner.load();
      this.#loadedAt = Date.now();
    } catch {
      this.#failed = !this.#all;
    }
    if (this.#start >= 0) this.follow();
  }

  #close() {
    this.#start = -1;
    this.#found = [];
    this.node.hidden = true;
    this.text.removeAttribute("aria-activedescendant");
  }

  /** @param {string} words */
  #filter(words) {
    this.#found = (this.#all ?? []).map((reply) => ({ reply, at: distance(reply, words) }))
      .filter(({ at }) => at < Infinity).sort((a, b) => a.at - b.at).slice(0, MOST).map(({ reply }) => reply);
    this.#draw();
  }

  #draw() {
    const { list, hint } = this.refs;
    const none = this.#failed
      ? "error_network"
      : !this.#all
      ? "loading"
      : this.#all.length
      ? "saved_none"
      : "saved_empty";
    setText(hint, this.#found.length ? "" : t(none));
    keyed(list, this.#found, ({ id }) => id, () => clone("saved-reply"), ({ node, refs }, reply) => {
      const active = reply === this.#found[this.#active];
      node.id = `saved-${reply.id}`;
      node.dataset.id = reply.id;
      node.setAttribute("aria-selected", String(active));
      setText(refs.title, reply.title);
      setText(refs.shortcut, reply.shortcut && `/${reply.shortcut.replace(/^\//, "")}`);
      setText(refs.text, reply.filled?.text ?? reply.text);
      refs.files.hidden = !reply.files.length;
      setText(refs.fileNames, reply.files.map(({ name }) => name).join(", "));
      if (active) this.text.setAttribute("aria-activedescendant", node.id);
    });
    list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  /** In the place of what was typed; what nothing is known for is selected, to be filled. @param {Desk.SavedReply} reply */
  #insert(reply) {
    const { text } = this;
    const start = this.#start;
    const { text: filled, unresolved } = reply.filled ?? { text: reply.text, unresolved: [] };
    text.setRangeText(filled, start, text.selectionStart, "end");
    const open = new Set([...unresolved.map((name) => `{${name}}`), ...filled.match(new RegExp(UNFILLED, "gi")) ?? []]);
    if (open.size) {
      this.#select(start);
      toast(t("saved_unresolved", { names: [...open].join(", ") }));
    }
    this.#close();
    this.#addFiles(reply);
    text.focus();
    this.owner.onInsert();
  }

  /** As many as the message has room for. @param {Desk.SavedReply} reply */
  #addFiles(reply) {
    const { picker } = this.owner;
    const { most } = picker.rules;
    const files = reply.pick();
    const room = Math.max(0, most - picker.files.length);
    picker.setError(files.length > room ? t("error_too_many_files", { count: most }) : "");
    picker.files.push(...files.slice(0, room));
    picker.draw();
  }
}

/** How far the letters are from what a reply is called, the nearest first; letters may be left out. @param {Desk.SavedReply} reply @param {string} words */
function distance({ title, shortcut, text }, words) {
  const [key, name, content] = [shortcut.replace(/^\//, ""), title, text].map(looseOf);
  if (key.startsWith(words)) return 0;
  if (name.startsWith(words)) return 1;
  if (key.includes(words) || name.includes(words)) return 2;
  if (holdsInOrder(key, words) || holdsInOrder(name, words)) return 3;
  return content.includes(words) ? 4 : Infinity;
}

/** Whether a name holds all of these letters, one after the other. @param {string} name @param {string} letters */
function holdsInOrder(name, letters) {
  let at = -1;
  return [...letters].every((letter) => (at = name.indexOf(letter, at + 1)) >= 0);
}
