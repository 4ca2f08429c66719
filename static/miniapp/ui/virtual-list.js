// @ts-check
/** Rows of one height, of which only those in sight are part of the page: ten thousand cost as much as twenty. */
import { keyed } from "../core/dom.js";

const AROUND = 8; // rows beyond each edge
const REST_MS = 100; // after a leap, until those around are drawn too
const AHEAD = 30; // rows before the end at which more are asked for
const GUESS_PX = 120; // a row's height until one has been measured

/** @typedef {{create: () => Desk.Clone, update: (view: Desk.Clone, row: any) => void, onEnd: () => void}} How */

export class VirtualList {
  /** @param {HTMLElement} scroll @param {HTMLElement} list its rows lie at the top of `scroll` @param {How} how */
  constructor(scroll, list, how) {
    this.scroll = scroll;
    this.list = list;
    this.how = how;
    /** @type {{id: string}[]} */
    this.rows = [];
    this.total = 0; // -1: not known yet
    this.height = GUESS_PX;
    this.active = ""; // the row that the Tab key leads to (ui/keys.js)
    this.from = this.to = -1;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.resting = undefined;
    /** What the rows show; another one with each change. @type {unknown[]} */
    this.state = [];
    scroll.addEventListener("scroll", () => this.#range()[0] !== this.from && this.draw(true), { passive: true });
    addEventListener("resize", () => this.draw());
  }

  /** @param {{id: string}[]} rows @param {number} total of all pages, -1 for not known */
  show(rows, total) {
    this.rows = rows;
    this.total = total;
    this.draw();
  }

  /** The first and the last row to draw, by what is in sight. @param {number} [around] */
  #range(around = AROUND) {
    const { height, rows, scroll } = this;
    const first = Math.floor(scroll.scrollTop / height) - around;
    const last = Math.ceil((scroll.scrollTop + scroll.clientHeight) / height) + around;
    return [Math.max(0, Math.min(first, rows.length - 1)), Math.min(rows.length, last)];
  }

  /** @param {boolean} [scrolled] whether nothing has changed but the place: rows that are in the page then stay as they are @returns {void} */
  draw(scrolled = false) {
    if (!scrolled) this.state = [];
    const { rows, list } = this;
    let [from, to] = this.#range();
    if (scrolled && (from >= this.to || to <= this.from)) { // a leap: first what is in sight
      [from, to] = this.#range(0);
      clearTimeout(this.resting);
      this.resting = setTimeout(() => this.draw(true), REST_MS);
    }
    this.from = from;
    this.to = to;
    const active = this.place();
    const places = [];
    if (active < from) places.push(active); // what has the focus stays, however far away
    for (let place = from; place < to; place++) places.push(place);
    if (active >= to && rows.length) places.push(active);
    keyed(list, places, (place) => rows[place].id, this.how.create, (view, place) => {
      const { node, refs } = view;
      if (view.shown === this.state) return;
      view.shown = this.state;
      node.style.transform = `translateY(${place * this.height}px)`;
      node.ariaPosInSet = String(place + 1);
      node.ariaSetSize = String(this.total);
      refs.link.dataset.id = rows[place].id;
      refs.link.tabIndex = place === active ? 0 : -1;
      this.how.update(view, rows[place]);
    });
    const measured = /** @type {HTMLElement | null} */ (list.firstElementChild)?.offsetHeight ?? 0;
    list.style.blockSize = `${rows.length * measured}px`;
    if (measured && measured !== this.height) {
      this.height = measured;
      return this.draw();
    }
    if (to > rows.length - AHEAD) this.how.onEnd();
  }

  /** Where the active row stands. */
  place() {
    return Math.max(0, this.rows.findIndex(({ id }) => id === this.active));
  }
}
