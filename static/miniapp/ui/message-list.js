// @ts-check
/**
 * The conversation on the screen: days, groups, the unread divider, and a scroll position that never jumps. The scroller
 * runs from its bottom (column-reverse): older pages are added without moving anything, and the end stays at the end when
 * the keyboard opens or the composer grows.
 */
import { clone, keyed, setText } from "../core/dom.js";
import { dayLabel, dayOf, t } from "../core/i18n.js";
import { createBubble, updateBubble } from "./bubble.js";

const GROUP_MS = 5 * 60_000;
const END_PX = 60;
const OLDER_PX = 600;
const SEEN_MS = 300;
const DIVIDER_PX = 40; // room for the day above it

/**
 * @typedef {{kind: "day" | "unread" | "message", key: string, entry?: Desk.Entry, first?: boolean, last?: boolean, day?: string}} Item
 */

export class MessageList {
  /** Messages that came while the reader was further up. @type {Set<string>} */
  #below = new Set();
  /** @type {Map<Element, ReturnType<typeof setTimeout>>} */
  #looks = new Map();
  #known = new Set();
  #drawn = false;

  /**
   * @param {Record<string, any>} refs scroll, messages, jump, jumpCount
   * @param {{onOlder: () => void, onSeen: (sequence: number) => void, isVisible: () => boolean}} owner
   * @param {AbortSignal} signal
   */
  constructor(refs, owner, signal) {
    this.refs = refs;
    this.owner = owner;
    this.unreadFrom = ""; // the message under the divider, frozen when the conversation opens
    this.observer = new IntersectionObserver((rows) => this.#look(rows), { root: refs.scroll, threshold: 0.6 });
    refs.scroll.addEventListener("scroll", () => this.#onScroll(), { signal, passive: true });
    signal.addEventListener("abort", () => this.observer.disconnect(), { once: true });
  }

  /**
   * @param {Desk.Entry[]} entries
   * @param {Desk.Reader} context
   */
  draw(entries, context) {
    const { scroll, messages } = this.refs;
    const anchor = this.#drawn && !this.isAtEnd() ? this.#anchor() : null;
    const known = entries.findIndex(({ message }) => this.#known.has(message.id));
    const older = new Set(entries.slice(0, Math.max(known, 0)));
    const byId = new Map(entries.map((entry) => [entry.message.id, entry.message]));
    keyed(messages, itemsOf(entries, this.unreadFrom), (item) => item.key, create, ({ node, refs }, item) => {
      if (item.kind === "day") setText(refs.text, dayLabel(item.day ?? ""));
      if (!item.entry) return;
      const { first = true, last = true, entry } = item;
      const { reply_to } = entry.message;
      const quoted = reply_to ? byId.get(reply_to) ?? context.elsewhere(reply_to) : null;
      updateBubble({ node, refs }, entry, { ...context, first, last, quoted });
      if (older.has(entry)) node.classList.add("is-older");
      this.observer.observe(node);
    });
    this.#countBelow(entries, context.me);
    if (anchor) {
      const moved = anchor.node.getBoundingClientRect().bottom - anchor.bottom;
      if (Math.abs(moved) > 0.5) scroll.scrollTop += moved;
    }
    if (!this.#drawn && entries.length) this.#open();
    this.#onScroll();
  }

  isAtEnd() {
    return this.refs.scroll.scrollTop > -END_PX;
  }

  toEnd() {
    const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches && this.refs.scroll.scrollTop > -3000;
    this.refs.scroll.scrollTo({ top: 0, behavior: smooth ? "smooth" : "instant" });
  }

  /** Brings a message to the middle and lets it light up; false where it is not loaded. @param {string} id */
  goTo(id) {
    const row = this.refs.messages.querySelector(`[data-id="${CSS.escape(id)}"]`);
    if (!row) return false;
    // between it and the end rows would get their height only on the way down
    for (const { classList } of this.refs.messages.children) classList.remove("is-older");
    row.scrollIntoView({ block: "center" });
    row.classList.remove("is-found");
    requestAnimationFrame(() => row.classList.add("is-found"));
    return true;
  }

  /** The page is looked at again: what lies on it counts as seen. */
  lookAgain() {
    this.observer.disconnect();
    for (const row of this.refs.messages.querySelectorAll(".message")) this.observer.observe(row);
  }

  /** The first picture: at the divider, else at the end. */
  #open() {
    this.#drawn = true;
    const divider = this.refs.messages.querySelector(".unread-divider");
    const { scroll } = this.refs;
    if (!divider) return;
    scroll.scrollTop += divider.getBoundingClientRect().top - scroll.getBoundingClientRect().top - DIVIDER_PX;
  }

  /** The first row that is on the screen, and where it ends: its beginning changes when it stops being the first of a group. */
  #anchor() {
    const top = this.refs.scroll.getBoundingClientRect().top;
    for (const node of this.refs.messages.children) {
      const box = node.getBoundingClientRect();
      if (box.bottom > top && node.classList.contains("message")) return { node, bottom: box.bottom };
    }
    return null;
  }

  /** @param {Desk.Entry[]} entries @param {string} me */
  #countBelow(entries, me) {
    const away = this.#drawn && !this.isAtEnd();
    const last = Math.max(-1, ...entries.map(({ message }, at) => this.#known.has(message.id) ? at : -1));
    entries.forEach(({ message }, at) => {
      if (away && at > last && message.author?.id !== me && !this.#known.has(message.id)) this.#below.add(message.id);
    });
    this.#known = new Set(entries.map(({ message }) => message.id));
  }

  #onScroll() {
    const { scroll, jump, jumpCount } = this.refs;
    if (this.isAtEnd()) this.#below.clear();
    jump.hidden = this.isAtEnd();
    const count = this.#below.size;
    setText(jumpCount, count ? String(count) : "");
    jump.setAttribute("aria-label", count ? t("new_below", { count }) : t("jump_to_end"));
    const above = scroll.scrollHeight - scroll.clientHeight + scroll.scrollTop;
    if (this.#drawn && above < OLDER_PX) this.owner.onOlder();
  }

  /** A row counts as seen once it was on the screen for a moment, with the page being looked at. @param {IntersectionObserverEntry[]} rows */
  #look(rows) {
    for (const { target, isIntersecting, intersectionRect, rootBounds } of rows) {
      clearTimeout(this.#looks.get(target));
      this.#looks.delete(target);
      // a message taller than the screen never shows as a whole
      const fills = intersectionRect.height > (rootBounds?.height ?? Infinity) * 0.4;
      if (!isIntersecting && !fills) continue;
      this.#looks.set(
        target,
        setTimeout(() => {
          const sequence = Number(/** @type {HTMLElement} */ (target).dataset.sequence);
          if (this.owner.isVisible() && Number.isFinite(sequence)) this.owner.onSeen(sequence);
        }, SEEN_MS),
      );
    }
  }
}

/** @param {Item} item */
function create({ kind }) {
  return kind === "message" ? createBubble() : clone(kind);
}

/** Days, divider and messages in their order; neighbours of one author within five minutes are a group. @param {Desk.Entry[]} entries @param {string} unreadFrom */
function itemsOf(entries, unreadFrom) {
  /** @type {Item[]} */
  const items = [];
  /** @type {{item: Item, message: Desk.Message} | null} */
  let previous = null;
  for (const entry of entries) {
    const { message } = entry;
    const day = dayOf(message.created_at);
    const newDay = !previous || dayOf(previous.message.created_at) !== day;
    if (newDay) items.push({ kind: "day", key: `day ${day}`, day: message.created_at });
    if (message.id === unreadFrom) items.push({ kind: "unread", key: "unread" });
    const first = newDay || message.id === unreadFrom || !together(previous?.message, message);
    if (previous) previous.item.last = first;
    /** @type {Item} */
    const item = { kind: "message", key: message.id, entry, first, last: true };
    items.push(item);
    previous = { item, message };
  }
  return items;
}

/** @param {Desk.Message | undefined} earlier @param {Desk.Message} later */
function together(earlier, later) {
  return earlier !== undefined && earlier.author?.id === later.author?.id && earlier.internal === later.internal &&
    Date.parse(later.created_at) - Date.parse(earlier.created_at) <= GROUP_MS;
}
