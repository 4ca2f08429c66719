// @ts-check
/** The line to write in: menu button, text, attachments, what is being answered or edited. */
import { post, sendFiles } from "./api.js";
import { summary } from "./bubble.js";
import { el, icon, iconButton } from "./dom.js";
import { showMenu, showPopover } from "./menus.js";
import { t } from "./texts.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {{ send: (text: string) => Promise<void>, openApp: (button: { url: string, source: string }) => void, fail: (error: unknown) => void }} Doings */

const MAX_LINES_PX = 160;

export class Composer {
  /** @type {{ mode: "reply" | "edit", message: Message } | null} */
  #about = null;
  /** @type {import("./store.js").View | null} */
  #view = null;
  chatId = 0;
  /** Of a company's own account, where there are only texts. */
  connection = "";

  /** @param {number} userId @param {Doings} doings */
  constructor(userId, doings) {
    this.userId = userId;
    this.doings = doings;
    this.input = el("textarea", { rows: 1, placeholder: t("message"), "aria-label": t("message"), dir: "auto" });
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("paste", (event) => this.#paste(event));
    this.menu = el("button", { type: "button", class: "menu-button", click: () => this.#menu() });
    this.attach = iconButton("attach", t("attach"), () => this.#attach());
    this.sendButton = iconButton("send", t("send"), () => this.submit(), "accent");
    this.about = el("div", { class: "about", hidden: true });
    this.commands = el("div", { class: "commands", hidden: true });
    this.keys = el("div", { class: "reply-keyboard", hidden: true });
    const line = el("div", { class: "line" }, this.menu, this.input, this.attach, this.sendButton);
    this.node = el("div", { class: "composer" }, this.commands, this.about, line, this.keys);
  }

  /** @param {import("./store.js").View} view */
  draw(view) {
    this.#view = view;
    const { type, text } = view.menuButton;
    this.menu.hidden = Boolean(this.connection) || (type !== "web_app" && !view.commands.length);
    this.attach.hidden = Boolean(this.connection);
    this.menu.replaceChildren(
      icon(type === "web_app" ? "app" : "list"),
      el("span", { text: type === "web_app" ? text ?? "" : t("menu") }),
    );
    this.#drawKeys(this.connection ? undefined : view.chats.find((chat) => chat.id === this.chatId));
  }

  /** @param {"reply" | "edit"} mode @param {Message} message */
  begin(mode, message) {
    this.#about = { mode, message };
    if (mode === "edit") this.input.value = message.text ?? message.caption ?? "";
    const title = mode === "edit" ? t("editing") : `${t("replying")} ${message.from.first_name}`;
    this.about.replaceChildren(
      icon(mode),
      el("span", { class: "lines" }, el("strong", { text: title }), el("span", { text: summary(message) })),
      iconButton("close", t("cancel"), () => this.#end()),
    );
    this.about.hidden = false;
    this.#typed();
    this.input.focus();
  }

  #end() {
    if (this.#about?.mode === "edit") this.input.value = "";
    this.#about = null;
    this.about.hidden = true;
    this.#typed();
  }

  #typed() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, MAX_LINES_PX)}px`;
    const start = /^\/(\w*)$/.exec(this.input.value)?.[1];
    const found = start === undefined || this.connection
      ? []
      : this.#view?.commands.filter(({ command }) => command.startsWith(start)) ?? [];
    this.commands.hidden = !found.length;
    this.commands.replaceChildren(...found.map((command) => this.#commandRow(command)));
  }

  /** @param {import("./types.js").Command} command */
  #commandRow({ command, description }) {
    const run = () => {
      this.input.value = "";
      this.#typed();
      this.doings.send(`/${command}`);
    };
    return el(
      "button",
      { type: "button", class: "command", click: run },
      el("strong", { text: `/${command}` }),
      el("span", { text: description }),
    );
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Escape" && this.#about) return this.#end();
    const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing &&
      matchMedia("(hover: hover)").matches;
    if (!sends) return;
    event.preventDefault();
    this.submit();
  }

  /** What a message being written answers to. */
  get place() {
    const about = this.#about;
    return { chat_id: this.chatId, ...(about?.mode === "reply" ? { reply_to: about.message.message_id } : {}) };
  }

  async submit() {
    const text = this.input.value;
    const about = this.#about;
    if (!text.trim()) return;
    const place = this.place;
    this.input.value = "";
    this.#about = null;
    this.about.hidden = true;
    this.#typed();
    try {
      if (about?.mode === "edit") {
        const values = { message_id: about.message.message_id, text, chat_id: this.chatId };
        await post(`users/${this.userId}/${this.connection ? "business-edit" : "edit"}`, values);
      } else if (this.connection) {
        await post(`users/${this.userId}/business`, { connection: this.connection, text });
      } else await post(`users/${this.userId}/messages`, { text, ...place });
    } catch (error) {
      this.input.value ||= text;
      this.#typed();
      this.doings.fail(error);
    }
  }

  #menu() {
    const view = this.#view;
    if (view?.menuButton.type === "web_app" && view.menuButton.web_app) {
      return this.doings.openApp({ url: view.menuButton.web_app.url, source: "menu" });
    }
    showPopover(this.menu, (view?.commands ?? []).map((command) => this.#commandRow(command)));
  }

  #attach() {
    const id = this.userId;
    /** @param {"photo" | "document"} kind @param {string} accept */
    const pick = (kind, accept) => {
      const input = el("input", { type: "file", multiple: true, accept });
      input.addEventListener("change", () => this.sendFiles([...(input.files ?? [])], kind));
      input.click();
    };
    /** @param {string} kind */
    const share = (kind) => post(`users/${id}/content`, { kind, ...this.place }).catch(this.doings.fail);
    showMenu(this.attach, [
      { icon: "photo", text: t("attach_photo"), run: () => pick("photo", "image/*") },
      { icon: "file", text: t("attach_document"), run: () => pick("document", "") },
      { icon: "person", text: t("attach_contact"), run: () => share("contact") },
      { icon: "place", text: t("attach_location"), run: () => share("location") },
    ]);
  }

  /** The text that is already written becomes the caption. @param {File[]} files @param {"photo" | "document"} kind */
  async sendFiles(files, kind) {
    if (!files.length || this.connection) return;
    const caption = this.input.value.trim();
    const place = this.place;
    if (this.#about?.mode !== "edit") {
      this.input.value = "";
      this.#end();
    }
    try {
      await sendFiles(this.userId, kind, files, { ...place, ...(caption ? { caption } : {}) });
    } catch (error) {
      this.doings.fail(error);
    }
  }

  /** @param {ClipboardEvent} event */
  #paste(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.sendFiles(files, files.every((file) => file.type.startsWith("image/")) ? "photo" : "document");
  }

  /** @param {import("./types.js").Chat | undefined} chat */
  #drawKeys(chat) {
    const rows = chat?.keyboard?.keyboard ?? [];
    this.keys.hidden = !rows.length;
    this.keys.replaceChildren(
      ...rows.map((row) =>
        el(
          "div",
          { class: "row" },
          ...row.map((key) => el("button", { type: "button", text: key.text, click: () => this.#pressKey(key) })),
        )
      ),
    );
    this.input.placeholder = chat?.keyboard?.input_field_placeholder ?? t("message");
  }

  /** @param {import("./types.js").KeyboardButton} key */
  #pressKey(key) {
    const id = this.userId;
    if (key.web_app) this.doings.openApp({ url: key.web_app.url, source: "keyboard" });
    else if (key.request_contact) {
      post(`users/${id}/content`, { kind: "contact", ...this.place }).catch(this.doings.fail);
    } else if (key.request_location) {
      post(`users/${id}/content`, { kind: "location", ...this.place }).catch(this.doings.fail);
    } else this.doings.send(key.text);
  }
}
