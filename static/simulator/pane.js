// @ts-check
/** One person's Telegram: who it is, the chat with the bot, and the Mini App over it. */
import { post } from "./api.js";
import { accountItem, deletion, drawChats, isIn, stillThere, titleOf } from "./chats.js";
import { Composer } from "./composer.js";
import { avatar, el, icon, iconButton } from "./dom.js";
import { ask, showMenu, toast } from "./menus.js";
import { MiniApp } from "./mini-app.js";
import { showPeople } from "./people.js";
import { unwatch, watch } from "./store.js";
import { named, t } from "./texts.js";
import { Thread } from "./thread.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").State} State */
/** @typedef {{ state: State, theme: () => string, onPerson: (pane: Pane, userId: number) => void, onRemove: (pane: Pane) => void }} Surroundings */

const ACTION_MS = 5000;
const ANSWER_MS = 6000;
const QUICK_REACTIONS = ["👍", "❤", "🔥", "🎉", "😁", "😢", "🤔", "👎"];

export class Pane {
  /** @type {MiniApp | null} */
  app = null;
  /** @type {import("./store.js").View | null} */
  #view = null;
  /** @type {Map<string, HTMLElement>} */
  #pressed = new Map();
  #typing = 0;

  /** @param {number} userId @param {Surroundings} around */
  constructor(userId, around) {
    this.userId = userId;
    this.place = { id: userId, connection: "" };
    this.title = el("strong");
    this.around = around;
    const fail = (/** @type {unknown} */ error) => this.#fail(error);
    this.thread = new Thread(userId, {
      command: (text) => this.send(text),
      link: (url) => this.#openLink(url),
      button: (message, button, node) => this.#press(message, button, node).catch(fail),
      menu: (message, node) => this.#messageMenu(message, node),
    });
    this.composer = new Composer(userId, {
      send: (text) => this.send(text),
      openApp: (button) => this.openApp(button),
      fail,
    });
    this.start = el("button", { type: "button", class: "start", hidden: true, click: () => this.#begin() });
    this.chats = el("div", { class: "chats", role: "tablist", hidden: true });
    const chat = [this.#chatBar(), this.chats, this.thread.node, this.composer.node, this.start];
    this.client = el("div", { class: "client" }, ...chat);
    this.node = el("section", { class: "pane", "aria-label": this.person.first_name }, this.#personBar(), this.client);
    this.#acceptDrops();
  }

  get person() {
    const person = this.around.state.people.find(({ id }) => id === this.userId);
    if (!person) throw new Error(`no person ${this.userId}`);
    return person;
  }

  /** Begins to follow; call it when the pane is in the page. */
  open() {
    return watch(this.userId, (view, notices) => this.#draw(view, notices));
  }

  close() {
    this.app?.close();
    unwatch(this.userId);
    this.node.remove();
  }

  #personBar() {
    const { person } = this;
    const name = `${person.first_name} ${person.last_name ?? ""}`;
    const choose = el(
      "button",
      { type: "button", class: "person", "aria-haspopup": "menu", title: t("choose") },
      avatar(person),
      el("strong", { text: name }),
      el("span", { class: `role ${person.role}`, text: named(person.role) }),
      icon("down"),
    );
    choose.addEventListener(
      "click",
      () => showPeople(choose, this.around.state.people, (id) => this.around.onPerson(this, id)),
    );
    return el(
      "div",
      { class: "person-bar" },
      choose,
      iconButton("close", t("remove_pane"), () => this.around.onRemove(this)),
    );
  }

  #chatBar() {
    this.status = el("span", { class: "status", text: t("bot") });
    const more = iconButton("more", t("more"), () => this.#chatMenu(more));
    const face = el("span", { class: "avatar bot", "aria-hidden": "true" }, icon("desk"));
    return el(
      "header",
      { class: "chat-bar" },
      face,
      el("span", { class: "lines" }, this.title, this.status),
      more,
    );
  }

  /** @param {import("./store.js").View} view @param {import("./types.js").Notice[]} notices */
  #draw(view, notices) {
    this.#view = view;
    this.place = stillThere(view, this.place);
    const { id, connection } = this.place;
    const messages = [...view.messages.values()].filter((message) => isIn(message, this.place))
      .sort((a, b) => a.message_id - b.message_id);
    this.thread.draw(messages, id !== this.userId);
    Object.assign(this.composer, { chatId: id, connection });
    this.composer.draw(view);
    this.#drawTitle(view);
    const state = connection ? "open" : view.chats.find((chat) => chat.id === id)?.state ?? "open";
    const silent = state === "blocked" || state === "deactivated" ||
      (!messages.length && !connection && id === this.userId);
    this.start.hidden = !silent;
    this.composer.node.hidden = silent;
    this.start.textContent = state === "blocked"
      ? t("restart")
      : state === "deactivated"
      ? t("deactivated")
      : t("start");
    this.start.disabled = state === "deactivated";
    for (const notice of notices) this.#notice(notice);
    if (messages.at(-1)?.from.is_bot) this.#showStatus("");
  }

  /** @param {import("./store.js").View} view */
  #drawTitle(view) {
    const bot = this.around.state.bot.first_name;
    this.title.textContent = titleOf(view, this.place, bot);
    drawChats(this.chats, view, this.place, bot, (place) => {
      this.place = place;
      this.#showStatus("");
      this.#draw(view, []);
      this.thread.scrollToEnd();
    });
  }

  /** @param {import("./types.js").Notice} notice */
  #notice(notice) {
    if (notice.kind === "action" && notice.chat_id === this.place.id && notice.at * 1000 > Date.now() - ACTION_MS) {
      this.#showStatus(notice.action === "typing" ? t("typing") : t("upload"));
    }
    if (notice.kind !== "callback_answer" || notice.user_id !== this.userId) return;
    this.#pressed.get(notice.query ?? "")?.classList.remove("busy");
    this.#pressed.delete(notice.query ?? "");
    if (notice.url) this.#openLink(notice.url);
    else if (notice.text && notice.alert) ask(this.node, { message: notice.text });
    else if (notice.text) toast(this.node, notice.text);
  }

  /** @param {string} text what the bot does now */
  #showStatus(text) {
    clearTimeout(this.#typing);
    if (!this.status) return;
    this.status.textContent = text || t(this.place.connection ? "account" : "bot");
    this.status.classList.toggle("busy", Boolean(text));
    if (text) this.#typing = setTimeout(() => this.#showStatus(""), ACTION_MS);
  }

  /** @param {string} text */
  async send(text) {
    await post(`users/${this.userId}/messages`, { text, chat_id: this.place.id }).catch((error) => this.#fail(error));
  }

  async #begin() {
    const blocked = this.#view?.chats.find(({ id }) => id === this.userId)?.state === "blocked";
    if (blocked) await post(`users/${this.userId}/unblock`).catch((error) => this.#fail(error));
    await this.send("/start");
  }

  /** @param {Message} message @param {import("./types.js").Button} button @param {HTMLElement} node */
  async #press(message, button, node) {
    if (button.web_app) return this.openApp({ url: button.web_app.url, source: "inline" });
    if (button.url) return this.#openLink(button.url);
    if (button.copy_text) return this.#copy(button.copy_text.text);
    node.classList.add("busy");
    setTimeout(() => node.classList.remove("busy"), ANSWER_MS);
    const values = { message_id: message.message_id, chat_id: this.place.id, data: button.callback_data };
    const { query } = await post(`users/${this.userId}/press`, values);
    this.#pressed.set(query, node);
  }

  /** @param {string} text */
  async #copy(text) {
    await navigator.clipboard.writeText(text);
    toast(this.node, t("copied"));
  }

  /** Links to the bot stay in this page. @param {string} url */
  #openLink(url) {
    const { hostname, pathname, protocol, searchParams } = new URL(url);
    const mine = hostname === "t.me" && pathname.split("/")[1]?.toLowerCase() === this.around.state.bot.username;
    const start = searchParams.get("start");
    const startApp = searchParams.get("startapp");
    if (mine && startApp !== null) this.openApp({ start_param: startApp });
    else if (mine) {
      this.app?.close();
      if (start !== null) this.send(`/start ${start}`);
    } else if (hostname === "t.me" || protocol === "tg:") ask(this.node, { message: `${t("outside_link")} ${url}` });
    else open(url, "_blank", "noopener");
  }

  /** @param {object} request @returns {Promise<void>} */
  openApp(request) {
    this.app?.close();
    this.app = new MiniApp({
      host: this.client,
      userId: this.userId,
      title: this.around.state.bot.first_name,
      person: `${this.person.first_name} ${this.person.last_name ?? ""}`,
      request,
      themes: this.around.state.themes,
      theme: this.around.theme(),
      onClose: () => (this.app = null),
      onTelegramLink: (url) => this.#openLink(url),
    });
    return this.app.open().catch((error) => {
      this.app?.close();
      this.#fail(error);
    });
  }

  /** @param {HTMLElement} anchor */
  #chatMenu(anchor) {
    const blocked = this.#view?.chats.find(({ id }) => id === this.userId)?.state === "blocked";
    const fail = (/** @type {unknown} */ error) => this.#fail(error);
    const change = () => post(`users/${this.userId}/${blocked ? "unblock" : "block"}`).catch(fail);
    showMenu(anchor, [
      { icon: "app", text: t("open_app"), run: () => this.openApp({}) },
      this.person.role !== "customer" && this.#view ? accountItem(this.#view, fail) : null,
      { icon: "block", text: blocked ? t("unblock") : t("block"), danger: !blocked, run: change },
    ]);
  }

  /** @param {Message} message @param {HTMLElement} anchor */
  #messageMenu(message, anchor) {
    const own = message.from.id === this.userId;
    const { connection } = this.place;
    const place = { message_id: message.message_id, chat_id: this.place.id };
    /** @param {string} action @param {object} [more] */
    const act = (action, more = {}) =>
      post(`users/${this.userId}/${action}`, { ...place, ...more }).catch((error) => this.#fail(error));
    const mine = message.reactions?.[this.userId];
    const faces = QUICK_REACTIONS.map((emoji) =>
      el("button", {
        type: "button",
        class: emoji === mine ? "chosen" : "",
        text: emoji,
        "aria-pressed": String(emoji === mine),
        click: () => act("react", { emoji: emoji === mine ? null : emoji }),
      })
    );
    const editable = own && (message.text !== undefined || message.caption !== undefined);
    const text = message.text ?? message.caption;
    const remove = () => act(...deletion(message));
    const head = el("div", { class: "faces", role: "group", "aria-label": t("reactions") }, ...faces);
    showMenu(anchor, [
      connection ? null : { icon: "reply", text: t("reply"), run: () => this.composer.begin("reply", message) },
      editable ? { icon: "edit", text: t("edit"), run: () => this.composer.begin("edit", message) } : null,
      text ? { icon: "copy", text: t("copy"), run: () => this.#copy(text) } : null,
      { icon: "remove", text: t("remove"), danger: true, run: remove },
    ], connection ? undefined : head);
  }

  #acceptDrops() {
    const over = (/** @type {boolean} */ on) => this.node.classList.toggle("drop", on);
    this.node.dataset.drop = t("drop_here");
    this.node.addEventListener("dragover", (event) => {
      event.preventDefault();
      over(true);
    });
    this.node.addEventListener(
      "dragleave",
      (event) => this.node.contains(/** @type {Node} */ (event.relatedTarget)) || over(false),
    );
    this.node.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      this.composer.sendFiles(files, files.every((file) => file.type.startsWith("image/")) ? "photo" : "document");
    });
  }

  /** @param {unknown} error */
  #fail(error) {
    toast(this.node, `${t("failed")}: ${error instanceof Error ? error.message : error}`);
  }
}
