// @ts-check
/**
 * The conversation on the screen: days, groups, the unread divider, and a scroll position that never jumps. The scroller
 * runs from its bottom (column-reverse): older pages are added without moving anything, and the end stays at the end when
 * the keyboard opens or the composer grows.
 */
import { clone, keyed, setText } from "../core/dom.js";
import { dayLabel, dayOf, t } from "../core/i18n.js";
import { updateBubble } from "./bubble.js";
import { Window } from "./window.js";

const GROUP_MS = 5 * 60_000;
const END_PX = 60;
const OLDER_PX = 600;
const SEEN_MS = 300;

/**
 * @typedef {{kind: "day" | "unread" | "bubble" | "change", key: string, entry?: Desk.Entry, first?: boolean, last?: boolean, text?: string}} Item
 */

export class MessageList {
  /** Messages that came while the reader was further up. @type {Set<string>} */
  #below = new Set();
  /** @type {Map<Element, ReturnType<typeof setTimeout>>} */
  #looks = new Map();
  /** The highest sequence that has been drawn. */
  #newest = -1;
  /** Whether what is below has come by reading on, until the end is reached. */
  #far = false;
  #drawn = false;
  #window = new Window();
  /** What is drawn again when the window moves. @type {[Desk.Entry[], Desk.Reader] | null} */
  #all = null;
  /** The next frame, in which it moves. */
  #moving = 0;

  /**
   * @param {Record<string, any>} refs scroll, messages, jump, jumpCount
   * @param {{onOlder: () => void, onNewer: () => void, onSeen: (sequence: number) => void, isVisible: () => boolean}} owner
   * @param {AbortSignal} signal
   */
  constructor(refs, owner, signal) {
    this.refs = refs;
    this.owner = owner;
    this.unreadFrom = ""; // the message under the divider
    this.observer = new IntersectionObserver((ends) => this.#look(ends), { root: refs.scroll, threshold: 0.6 });
    refs.scroll.addEventListener("scroll", () => this.#onScroll(), { signal, passive: true });
    signal.addEventListener("abort", () => {
      this.observer.disconnect();
      cancelAnimationFrame(this.#moving);
    }, { once: true });
  }

  /** The next picture begins at this message, unless one reads further up already. @param {string} id */
  divideAt(id) {
    this.unreadFrom = id;
    this.#drawn &&= !this.isAtEnd();
  }

  /**
   * @param {Desk.Entry[]} entries
   * @param {Desk.Reader} context
   */
  draw(entries, context) {
    const wasAtEnd = this.isAtEnd();
    this.#all = [entries, context];
    if (!this.#drawn && this.unreadFrom) this.#window.around(this.unreadFrom, entries);
    this.#paint(wasAtEnd);
    this.#countBelow(entries, context);
    if (!this.#drawn && entries.length) this.#open();
    this.#onScroll();
  }

  /** The rows of the window; what is being looked at stays where it is. */
  #paint(atEnd = this.isAtEnd()) {
    if (!this.#all) return;
    const [entries, context] = this.#all;
    const { scroll, messages } = this.refs;
    const anchor = this.#drawn && !atEnd ? this.#anchor() : null;
    const byId = new Map(entries.map((entry) => [entry.message.id, entry.message]));
    const items = itemsOf(this.#window.of(entries, atEnd), this.unreadFrom);
    keyed(messages, items, (item) => item.key, ({ kind }) => clone(kind), (view, item) => {
      if (item.text) setText(view.refs.text, item.text);
      if (!item.entry) return;
      const { first = true, last = true, entry } = item;
      const { reply_to, author, sequence } = entry.message;
      const quoted = reply_to ? byId.get(reply_to) ?? context.elsewhere(reply_to) : null;
      updateBubble(view, entry, { ...context, first, last, quoted });
      // its end: a message taller than the screen never shows as a whole
      if (author?.id !== context.me && sequence > context.read) this.observer.observe(view.refs.meta);
    });
    if (!anchor?.node.isConnected) return;
    const moved = anchor.node.getBoundingClientRect().bottom - anchor.bottom;
    if (Math.abs(moved) > 0.5) scroll.scrollTop += moved;
  }

  /** Before the first picture nothing is measured: it begins there. */
  isAtEnd() {
    return !this.#window.hasNewer && !this.#all?.[1].more && (!this.#drawn || this.refs.scroll.scrollTop > -END_PX);
  }

  /** At once: whatever is drawn while it glides would hold it where it is. */
  toEnd() {
    if (this.#window.hasNewer) {
      this.#window.toEnd();
      this.#paint();
    }
    this.refs.scroll.scrollTop = 0;
  }

  /** Brings a message to the middle and lets it light up; false where it is not loaded. @param {string} id */
  goTo(id) {
    if (!this.#window.around(id)) return false;
    this.#paint();
    const row = this.refs.messages.querySelector(`[data-id="${CSS.escape(id)}"]`);
    row.scrollIntoView({ block: "center" });
    row.classList.remove("is-found");
    requestAnimationFrame(() => row.classList.add("is-found"));
    return true;
  }

  /** The page is looked at again: what lies on it counts as seen. */
  lookAgain() {
    this.observer.disconnect();
    this.#paint();
  }

  /** The first picture: at the divider, else at the end. */
  #open() {
    this.#drawn = true;
    this.refs.messages.querySelector(".unread-divider")?.scrollIntoView();
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

  /** Pages that are read on to are not what has come. @param {Desk.Entry[]} entries @param {Desk.Reader} context */
  #countBelow(entries, { me, more }) {
    this.#far ||= more;
    const away = this.#drawn && !this.#far && !this.isAtEnd();
    const before = this.#newest;
    for (const { message: { id, author, kind, sequence }, job } of entries) {
      if (job || kind === "change") continue;
      if (away && sequence > before && author?.id !== me) this.#below.add(id);
      this.#newest = Math.max(this.#newest, sequence);
    }
  }

  #onScroll() {
    const { jump, jumpCount } = this.refs;
    jump.hidden = this.isAtEnd();
    if (jump.hidden) {
      this.#below.clear();
      this.#far = false;
    }
    const count = this.#far && this.#all?.[1].unread() || this.#below.size;
    setText(jumpCount, count ? String(count) : "");
    jump.setAttribute("aria-label", count ? t("new_below", { count }) : t("jump_to_end"));
    this.#follow();
  }

  /** Near an end of the rows the window moves on, with the next frame; at the end of what is loaded, more is asked for. */
  #follow() {
    const { scroll } = this.refs;
    if (!this.#drawn || !scroll.clientHeight) return;
    const above = scroll.scrollHeight - scroll.clientHeight + scroll.scrollTop < OLDER_PX;
    const near = -scroll.scrollTop < OLDER_PX;
    const below = near && this.#window.hasNewer;
    if (above && !this.#window.hasOlder) this.owner.onOlder();
    if (near && !below && this.#all?.[1].more) this.owner.onNewer();
    if (this.#moving || !(below || (above && this.#window.hasOlder))) return;
    this.#moving = requestAnimationFrame(() => {
      this.#moving = 0;
      if (below) this.#window.newer();
      else this.#window.older();
      this.#paint();
      this.#onScroll();
    });
  }

  /** A message counts as seen once its end was on the screen for a moment, with the page being looked at. @param {IntersectionObserverEntry[]} ends */
  #look(ends) {
    for (const { target, isIntersecting } of ends) {
      clearTimeout(this.#looks.get(target));
      this.#looks.delete(target);
      if (!isIntersecting) continue;
      this.#looks.set(
        target,
        setTimeout(() => {
          const sequence = Number(/** @type {HTMLElement | null} */ (target.closest(".message"))?.dataset.sequence);
          if (!this.owner.isVisible() || !Number.isFinite(sequence)) return;
          this.observer.unobserve(target);
          this.owner.onSeen(sequence);
          this.#onScroll();
        }, SEEN_MS),
      );
    }
  }
}

/** Days, divider, changes and messages in their order; neighbours of one author within five minutes are a group. @param {Desk.Entry[]} entries @param {string} unreadFrom */
function itemsOf(entries, unreadFrom) {
  /** @type {Item[]} */
  const items = [];
  // an earlier one does not begin again: what waits may carry the time of a clock that was set back
  const days = new Set();
  /** @type {{item: Item, message: Desk.Message} | null} */
  let previous = null;
  for (const entry of entries) {
    const { message } = entry;
    const day = dayOf(message.created_at);
    const newDay = !days.has(day);
    days.add(day);
    if (newDay) items.push({ kind: "day", key: `day ${day}`, text: dayLabel(message.created_at) });
    if (message.id === unreadFrom) items.push({ kind: "unread", key: "unread" });
    const first = newDay || message.id === unreadFrom || !together(previous?.message, message);
    if (previous) previous.item.last = first;
    /** @type {Item} */
    const item = message.kind === "change"
      ? { kind: "change", key: message.id, text: message.text }
      : { kind: "bubble", key: message.id, entry, first, last: true };
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
