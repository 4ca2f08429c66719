// @ts-check
/** The field of a search: asks a moment after the last letter, and offers what was searched for before while it is empty. */
import { clone, keyed, onAction, setText } from "../core/dom.js";

const PAUSE_MS = 250; // after the last letter

/**
 * @typedef {{ask: (text: string) => void, leave: () => void, recent: () => string[], remember: (text: string) => void,
 *            forget: () => void}} Owner
 */

export class SearchField {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Owner} owner */
  constructor(owner) {
    this.owner = owner;
    const { node, refs } = clone("search");
    this.node = node;
    this.refs = refs;
    refs.input.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
      this.draw();
    });
    // with Enter, and once one goes on to what was found
    refs.input.addEventListener("change", () => {
      this.#ask();
      owner.remember(this.text);
    });
    refs.input.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter") this.#ask();
      if (event.key === "Escape") owner.leave();
    });
    onAction(node, {
      again: (button) => {
        this.show(button.textContent ?? "");
        this.#ask();
        owner.remember(this.text);
      },
      forget: () => {
        owner.forget();
        this.draw();
        this.focus();
      },
    }, new AbortController().signal); // for as long as the page lives
  }

  get text() {
    return this.refs.input.value.trim();
  }

  get hasFocus() {
    return this.refs.input === document.activeElement;
  }

  focus() {
    this.refs.input.focus();
  }

  /** @param {string} text */
  show(text) {
    clearTimeout(this.#timer);
    this.refs.input.value = text;
    this.draw();
  }

  /** What was searched for before, while nothing is written. */
  draw() {
    const { recent, list } = this.refs;
    const texts = this.text ? [] : this.owner.recent();
    recent.hidden = !texts.length;
    keyed(list, texts, (text) => text, () => clone("recent-search"), ({ refs }, text) => setText(refs.text, text));
  }

  #ask() {
    clearTimeout(this.#timer);
    this.owner.ask(this.text);
  }
}
