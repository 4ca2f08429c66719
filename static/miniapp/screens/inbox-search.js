// @ts-check
/** The search of the inbox: its field, what it found marked in the rows, and the way to the message that says it. */
import { clone, onAction, say, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { setQuery } from "../core/router.js";
import { watch } from "../core/store.js";
import { forgetSearches, recentSearches, rememberSearch } from "../data/searches.js";
import { findByNumber, listOf } from "../data/tickets.js";
import { want } from "../data/wanted.js";
import { lateStyles } from "../ui/late.js";
import { markText, patternOf, rangesOf } from "../ui/marks.js";
import { SearchField } from "../ui/search-field.js";

/** What is searched for. */
const asked = () => new URLSearchParams(location.search).get("q") ?? "";

/** @typedef {{everywhere: () => void, narrowed: () => boolean}} Owner */

export class InboxSearch {
  /** @type {SearchField | null} */
  #field = null;
  /** The list that is shown. */
  #key = "";
  /** @type {RegExp | null} */
  #pattern = null;

  /** @param {Record<string, any>} refs of the inbox @param {Owner} owner */
  constructor(refs, owner) {
    this.refs = refs;
    this.owner = owner;
    refs.rows.addEventListener("click", (/** @type {MouseEvent} */ event) => this.#onOpen(event));
    onAction(refs.state, { everywhere: owner.everywhere }, new AbortController().signal); // as long as the page lives
    for (const topic of ["tickets", "route"]) watch(topic, () => this.#explain());
    watch("route", () => this.#field?.hasFocus || this.#field?.show(asked()));
  }

  /** The list that is shown from now on. @param {string} key */
  follow(key) {
    this.#key = key;
    this.#pattern = patternOf(asked());
    if (asked() && !this.#field) this.open(false);
  }

  open(focus = true) {
    const { search, searchButton } = this.refs;
    this.#field ??= this.#makeField();
    search.hidden = false;
    searchButton.setAttribute("aria-expanded", "true");
    if (focus) this.#field.focus();
  }

  #makeField() {
    lateStyles();
    const field = new SearchField({
      ask: (q) => setQuery({ q }),
      leave: () => this.#close(),
      recent: recentSearches,
      remember: rememberSearch,
      forget: forgetSearches,
    });
    field.show(asked());
    this.refs.search.replaceChildren(field.node);
    return field;
  }

  #close() {
    const { search, searchButton } = this.refs;
    this.#field?.show("");
    setQuery({ q: "" });
    search.hidden = true;
    searchButton.setAttribute("aria-expanded", "false");
    searchButton.focus();
  }

  toggle() {
    if (!this.#field || this.refs.search.hidden) this.open();
    else this.#close();
  }

  /** Marks in a row what was found; the message that says it stands in the place of the last one. @param {Record<string, any>} refs @param {Desk.Match} [match] */
  drawFound(refs, match) {
    if (match) {
      setText(refs.draft, "");
      setText(refs.preview, match.text);
    }
    markText(refs.preview, match?.ranges ?? []);
    for (const place of [refs.title, refs.subject, refs.number]) {
      markText(place, rangesOf(place.textContent, this.#pattern));
    }
  }

  /** What was found in a message opens there. @param {MouseEvent} event */
  #onOpen({ target, ctrlKey, metaKey }) {
    const link = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest("a"));
    const ticket = findByNumber(Number(link?.dataset.path?.split("/")[1]));
    const match = ticket && listOf(this.#key)?.matches.get(ticket.id);
    if (match && !ctrlKey && !metaKey) want(ticket.id, match.message);
  }

  /** Where nothing fits: what was searched for, and where else it may be. */
  #explain() {
    const { state } = this.refs;
    const q = asked();
    if (!state.dataset.drawn?.startsWith("nothing") || (state.firstElementChild?.dataset.asked ?? "") === q) return;
    const { node, refs } = clone(q ? "rows-unfound" : "rows-nothing");
    node.dataset.asked = q;
    if (q) {
      setText(refs.text, t("unfound", { text: q }));
      refs.everywhere.hidden = !this.owner.narrowed();
      say(refs.text.textContent);
    }
    state.replaceChildren(node);
  }
}
