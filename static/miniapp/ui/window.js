// @ts-check
/** Which part of a long conversation is in the page: few rows at first, more near an end of them, never very many. */

const FIRST = 20;
const STEP = 20;
const MOST = 160;

export class Window {
  /** What the page holds is `entries` from `start` to before `end`. @type {Desk.Entry[]} */
  #entries = [];
  #start = 0;
  #end = 0;
  /** The first row. */
  #first = "";
  /** The last row; "" where that is the newest, whatever comes. */
  #last = "";

  /** @returns {boolean} */
  get hasOlder() {
    return this.#start > 0;
  }

  /** @returns {boolean} */
  get hasNewer() {
    return this.#end < this.#entries.length;
  }

  /** The rows of the conversation as it is now. @param {Desk.Entry[]} entries @param {boolean} atEnd whether its end is being looked at */
  of(entries, atEnd) {
    this.#entries = entries;
    let end = (this.#last && this.#indexOf(this.#last) + 1) || entries.length;
    let start = this.#indexOf(this.#first);
    if (start < 0 || start >= end) start = end - FIRST;
    if (end - start > MOST + STEP) {
      if (atEnd) start = end - MOST;
      else end = start + MOST;
    }
    return this.#set(start, end);
  }

  older() {
    const start = Math.max(0, this.#start - STEP);
    this.#set(start, Math.min(this.#end, start + MOST));
  }

  newer() {
    const end = Math.min(this.#entries.length, this.#end + STEP);
    this.#set(Math.max(this.#start, end - MOST), end);
  }

  toEnd() {
    this.#set(this.#entries.length - FIRST, this.#entries.length);
  }

  /** Brings a row among the shown ones, with some on both sides; false where it is not loaded. @param {string} id @param {Desk.Entry[]} [entries] */
  around(id, entries = this.#entries) {
    this.#entries = entries;
    const at = this.#indexOf(id);
    if (at < 0) return false;
    const shown = at >= this.#start && at < this.#end;
    this.#set(Math.min(shown ? this.#start : at, at - STEP), Math.max(shown ? this.#end : at, at + STEP));
    return true;
  }

  /** @param {number} start @param {number} end */
  #set(start, end) {
    const entries = this.#entries;
    this.#start = Math.max(0, start);
    this.#end = Math.min(entries.length, end);
    this.#first = entries[this.#start]?.message.id ?? "";
    this.#last = this.hasNewer ? entries[this.#end - 1].message.id : "";
    return entries.slice(this.#start, this.#end);
  }

  /** @param {string} id */
  #indexOf(id) {
    return this.#entries.findIndex(({ message }) => message.id === id);
  }
}
