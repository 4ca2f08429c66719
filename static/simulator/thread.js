// @ts-check
/** The messages of a chat: grouped, parted by days, and scrolled to the end while one stands there. */
import { bubble } from "./bubble.js";
import { avatar, el } from "./dom.js";
import { dayOf, t } from "./texts.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {{ key: string, signature: string, build: () => HTMLElement }} Block */

const GROUP_SECONDS = 300;
const NEAR_END = 60;

export class Thread {
  /** @type {Map<string, { signature: string, node: HTMLElement }>} */
  #drawn = new Map();

  /** @param {number} userId @param {import("./bubble.js").Actions} actions */
  constructor(userId, actions) {
    this.userId = userId;
    this.actions = actions;
    this.list = el("ol", { class: "messages" });
    this.node = el("div", { class: "thread", tabindex: 0 }, this.list);
  }

  /** @param {Message[]} messages in order @param {boolean} isGroup */
  draw(messages, isGroup) {
    const { node } = this;
    const atEnd = node.scrollHeight - node.scrollTop - node.clientHeight < NEAR_END;
    const blocks = this.#blocks(messages, isGroup);
    const fresh = new Map();
    for (const { key, signature, build } of blocks) {
      const known = this.#drawn.get(key);
      fresh.set(key, known?.signature === signature ? known : { signature, node: build() });
    }
    const wanted = [...fresh.values()].map((block) => block.node);
    for (const child of [...this.list.children]) {
      if (!wanted.includes(/** @type {HTMLElement} */ (child))) child.remove();
    }
    wanted.forEach((child, index) => {
      if (this.list.children[index] !== child) this.list.insertBefore(child, this.list.children[index] ?? null);
    });
    const grew = fresh.size !== this.#drawn.size;
    this.#drawn = fresh;
    if (atEnd || (grew && messages.at(-1)?.from.id === this.userId)) this.scrollToEnd();
  }

  scrollToEnd() {
    this.node.scrollTop = this.node.scrollHeight;
    for (const image of this.list.querySelectorAll("img")) {
      if (!image.complete) {
        image.addEventListener("load", () => (this.node.scrollTop = this.node.scrollHeight), { once: true });
      }
    }
  }

  /** @param {Message[]} messages @param {boolean} isGroup @returns {Block[]} */
  #blocks(messages, isGroup) {
    if (!messages.length) return [{ key: "empty", signature: "", build: empty }];
    /** @type {Block[]} */
    const blocks = [];
    const albums = joinAlbums(messages);
    albums.forEach((album, index) => {
      const [first] = album;
      const [before, after] = [albums[index - 1]?.[0], albums[index + 1]?.[0]];
      const day = dayOf(first.date);
      if (!before || dayOf(before.date) !== day) {
        blocks.push({
          key: `day ${day}`,
          signature: "",
          build: () => el("li", { class: "day" }, el("span", { text: day })),
        });
      }
      const opens = !before || !together(before, first);
      const closes = !after || !together(first, after);
      const key = `${first.chat.id}:${first.message_id}`;
      const signature = `${album.map((message) => message.revision).join()} ${opens} ${closes}`;
      blocks.push({ key, signature, build: () => this.#item(album, opens, closes, isGroup) });
    });
    return blocks;
  }

  /** @param {Message[]} album @param {boolean} opens @param {boolean} closes @param {boolean} isGroup */
  #item(album, opens, closes, isGroup) {
    const [{ from }] = album;
    const own = from.id === this.userId;
    const item = el("li", {
      class: `message ${own ? "own" : "other"} ${opens ? "opens" : ""} ${closes ? "closes" : ""}`,
    });
    if (isGroup && !own) item.append(closes ? avatar(from) : el("span", { class: "avatar none" }));
    const body = bubble(album, own, this.actions);
    if (isGroup && !own && opens) {
      body.querySelector(".bubble")?.prepend(el("strong", { class: "author", text: from.first_name }));
    }
    item.append(body);
    return item;
  }
}

/** @param {Message} one @param {Message} next */
function together(one, next) {
  return one.from.id === next.from.id && next.date - one.date < GROUP_SECONDS && dayOf(one.date) === dayOf(next.date);
}

/** @param {Message[]} messages @returns {Message[][]} */
function joinAlbums(messages) {
  /** @type {Message[][]} */
  const albums = [];
  for (const message of messages) {
    const last = albums.at(-1);
    if (last && message.media_group_id && last[0].media_group_id === message.media_group_id) last.push(message);
    else albums.push([message]);
  }
  return albums;
}

function empty() {
  return el("li", { class: "empty" }, el("strong", { text: t("empty") }), el("span", { text: t("empty_hint") }));
}
