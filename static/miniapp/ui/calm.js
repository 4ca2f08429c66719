// @ts-check
/**
 * Rows that do not move under the finger, nor while one reads further down. Loaded with the first touch of a list.
 * A ticket that left the reader's sight is seen no more at once; its row goes, as those that left the list, once nobody touches.
 */

import { setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { moveAmongRows, moveAmongTabs } from "./keys.js";

const TOUCH_MS = 1_000; // rows may move this long after the last touch
const REST_MS = 3_000; // and this long after a mouse came to rest on one: somebody reads it

/** @typedef {{id: string, updated_at: string}} Row */

export class Calm {
  /**
   * @param {Record<string, any>} refs `rows` within `scroll`, the button `news`, and the `tabs`
   * @param {Desk.VirtualList} list
   * @param {() => void} release draws what has waited
   */
  constructor(refs, list, release) {
    const { scroll } = refs;
    this.refs = refs;
    this.scroll = scroll;
    this.list = list;
    /** What has left the reader's sight. @type {ReadonlySet<string>} */
    this.gone = new Set();
    const { how } = list;
    const { update } = how;
    how.update = (view, row) => {
      update(view, row);
      view.node.style.visibility = this.gone.has(row.id) ? "hidden" : "";
    };
    this.release = release;
    /** The rows as they were when they last moved. @type {Row[]} */
    this.shown = [];
    this.touchedAt = 0; // 0: nobody touches
    this.points = false; // the last touch was a mouse that moved
    /** @type {Map<string, number>} */
    this.offsets = new Map();
    for (const type of ["pointerdown", "pointermove", "wheel"]) {
      refs.rows.addEventListener(type, (/** @type {any} */ event) => this.#touch(event), { passive: true });
    }
    scroll.addEventListener("scroll", () => scroll.scrollTop || release(), { passive: true });
    refs.news.addEventListener("click", () => {
      this.forget();
      scroll.scrollTop = 0;
      release();
    });
    moveAmongTabs(refs.tabs);
    moveAmongRows(list);
    this.#touch();
  }

  /** @param {PointerEvent} [event] of a pointer or its wheel */
  #touch(event) {
    this.points = event?.type === "pointermove" && event.pointerType === "mouse";
    const { refs } = this;
    if (!this.touchedAt) {
      const wait = () => {
        const rests = this.points && refs.rows.matches(":hover");
        const left = this.touchedAt + (rests ? REST_MS : TOUCH_MS) - Date.now();
        if (left > 0) return void setTimeout(wait, Math.min(left, TOUCH_MS));
        this.touchedAt = 0;
        this.release();
      };
      setTimeout(wait, TOUCH_MS);
    }
    this.touchedAt = Date.now();
  }

  /** From now on rows stand where they belong. */
  forget() {
    this.shown = [];
  }

  /** Another list takes the place of this one. @param {string} key this one's */
  leave(key) {
    this.offsets.set(key, this.scroll.scrollTop);
    this.forget();
  }

  /** Where a list was left, px. @param {string} key */
  offsetOf(key) {
    return this.offsets.get(key) ?? 0;
  }

  /** What one reads stays where it is on the screen. @param {(row: Row) => boolean} leaves */
  #without(leaves) {
    const first = Math.floor(this.scroll.scrollTop / this.list.height);
    const above = this.shown.slice(0, first).filter(leaves).length;
    this.shown = this.shown.filter((row) => !leaves(row));
    if (above) this.scroll.scrollTop -= above * this.list.height;
  }

  /**
   * The rows to show; the button counts what would have moved up.
   * @template {Row} T
   * @param {T[]} fresh in their order
   * @param {{order: (a: any, b: any) => number, holds: (row: any) => boolean, query: Record<string, string>}} list
   * @param {ReadonlyMap<string, any>} rows as they are now
   * @param {ReadonlySet<string>} gone what has left the reader's sight
   */
  keep(fresh, { order, holds, query }, rows, gone) {
    this.gone = gone;
    const still = this.shown.length && fresh.length && (this.touchedAt || this.scroll.scrollTop > 0);
    if (still && !this.touchedAt) {
      // what a search finds only the desk knows
      this.#without(({ id }) => gone.has(id) || (!query.q && !holds(rows.get(id))));
    }
    const answer = still ? keepPlaces(fresh, /** @type {T[]} */ (this.shown), order) : { kept: fresh, news: 0 };
    this.shown = answer.kept;
    this.refs.news.hidden = !answer.news;
    setText(this.refs.newsCount, t("news", { count: answer.news }));
    return answer.kept;
  }
}

/**
 * The rows where they stood, with further pages behind them.
 * @template {Row} T
 * @param {T[]} fresh @param {T[]} shown @param {(a: T, b: T) => number} order
 */
function keepPlaces(fresh, shown, order) {
  const places = new Map(shown.map(({ id }, place) => [id, place]));
  const last = shown[shown.length - 1];
  if (!last) return { kept: fresh, news: 0 };
  let news = 0;
  const behind = fresh.filter((row, index) => {
    const place = places.get(row.id);
    if (place === undefined && order(row, last) > 0) return true;
    if (place === undefined || (index < place && row.updated_at !== shown[place].updated_at)) news += 1;
    return false;
  });
  return { kept: [...shown, ...behind], news };
}
