// @ts-check
/** Rows that do not move under the finger, nor while one reads further down. Loaded with the first touch of a list. */

const TOUCH_MS = 1_000; // rows may move this long after the last touch

/** @typedef {{id: string, updated_at: string}} Row */

export class Calm {
  /** @param {HTMLElement} scroll @param {HTMLElement} list @param {() => void} release draws what has waited */
  constructor(scroll, list, release) {
    this.scroll = scroll;
    this.release = release;
    /** The rows as they were when they last moved. @type {Row[]} */
    this.shown = [];
    this.touchedAt = 0; // 0: nobody touches
    for (const type of ["pointerdown", "pointermove", "wheel"]) {
      list.addEventListener(type, () => this.#touch(), { passive: true });
    }
    scroll.addEventListener("scroll", () => scroll.scrollTop || release(), { passive: true });
    this.#touch();
  }

  #touch() {
    if (!this.touchedAt) {
      const wait = () => {
        const left = this.touchedAt + TOUCH_MS - Date.now();
        if (left > 0) return void setTimeout(wait, left);
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

  /**
   * The rows to show, and how many of them would have moved up.
   * @template {Row} T
   * @param {T[]} fresh in their order
   * @param {(a: any, b: any) => number} order
   */
  keep(fresh, order) {
    const still = this.shown.length && fresh.length && (this.touchedAt || this.scroll.scrollTop > 0);
    const answer = still ? keepPlaces(fresh, /** @type {T[]} */ (this.shown), order) : { kept: fresh, news: 0 };
    this.shown = answer.kept;
    return answer;
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
  let news = 0;
  const behind = fresh.filter((row, index) => {
    const place = places.get(row.id);
    if (place === undefined && order(row, last) > 0) return true;
    if (place === undefined || (index < place && row.updated_at !== shown[place].updated_at)) news += 1;
    return false;
  });
  return { kept: [...shown, ...behind], news };
}
