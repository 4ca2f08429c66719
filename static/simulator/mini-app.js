// @ts-check
/** A Mini App in its frame: the client's side of the messages of Telegram Web. */
import { post } from "./api.js";
import { el, icon, iconButton } from "./dom.js";
import { ask, showMenu, toast } from "./menus.js";
import { t } from "./texts.js";

/**
 * @typedef {{ host: HTMLElement, userId: number, title: string, person: string, request: object, themes: Record<string, Record<string, string>>,
 *   theme: string, onClose: () => void, onTelegramLink: (url: string) => void }} Options
 */

export class MiniApp {
  #theme;
  #needsConfirmation = false;
  #wide = false;
  #control = new AbortController();

  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.#theme = options.theme;
    this.frame = el("iframe", {
      name: `miniapp-${options.userId}`,
      title: options.title,
      allow: "clipboard-read; clipboard-write",
    });
    this.leave = iconButton("close", t("close"), () => this.#leave());
    this.subtitle = el("span", { text: t("app_title") });
    this.title = el(
      "span",
      { class: "title" },
      el("strong", { text: options.title }),
      this.subtitle,
    );
    this.more = iconButton("more", t("more"), () => this.#menu());
    this.secondary = el("button", { type: "button", hidden: true, click: () => this.tell("secondary_button_pressed") });
    this.main = el("button", { type: "button", hidden: true, click: () => this.tell("main_button_pressed") });
    this.veil = el("div", { class: "veil" }, icon("app"));
    this.node = el(
      "section",
      { class: "mini-app", "aria-label": options.title },
      el("header", {}, this.leave, this.title, this.more),
      el("div", { class: "stage" }, this.frame, this.veil),
      el("footer", { hidden: true }, this.secondary, this.main),
    );
    addEventListener("message", (event) => this.#receive(event), { signal: this.#control.signal });
    new ResizeObserver(() => this.#tellViewport()).observe(this.frame);
  }

  /** Signs the launch parameters and opens the address. */
  async open() {
    const { userId, request, host } = this.options;
    host.append(this.node);
    const { url } = await post(`users/${userId}/mini-app`, { ...request, theme: this.#theme });
    this.url = url;
    this.frame.src = url;
    this.#paint();
    // an app that never says that it is ready is shown all the same
    setTimeout(() => (this.veil.hidden = true), 4000);
  }

  close() {
    this.#control.abort();
    this.node.remove();
    document.body.classList.remove("has-wide-app");
    this.options.onClose();
  }

  /** The client's Back button, or the cross. */
  async #leave() {
    if (this.leave.dataset.back) return this.tell("back_button_pressed");
    await this.#askToClose();
  }

  async #askToClose() {
    const buttons = [{ text: t("cancel") }, { id: "close", text: t("close"), danger: true }];
    const sure = !this.#needsConfirmation || await ask(this.node, { message: t("close_sure"), buttons }) === "close";
    if (sure) this.close();
  }

  /** @param {string} eventType @param {object} [eventData] */
  tell(eventType, eventData = {}) {
    // an app may lie on another origin than this page
    this.frame.contentWindow?.postMessage(JSON.stringify({ eventType, eventData }), "*");
  }

  /** @param {string} theme */
  setTheme(theme) {
    this.#theme = theme;
    this.#paint();
    this.#tellTheme();
  }

  #tellTheme() {
    this.tell("theme_changed", { theme_params: this.options.themes[this.#theme] });
  }

  #tellViewport() {
    const { width, height } = this.frame.getBoundingClientRect();
    this.tell("viewport_changed", { width, height, is_expanded: true, is_state_stable: true });
  }

  /** @param {Record<string, string>} [colours] */
  #paint(colours = {}) {
    const theme = { ...this.options.themes[this.#theme], ...colours };
    this.node.dataset.theme = this.#theme;
    for (
      const name of [
        "header_bg_color",
        "text_color",
        "hint_color",
        "bg_color",
        "bottom_bar_bg_color",
        "accent_text_color",
      ]
    ) {
      this.node.style.setProperty(`--app-${name.replaceAll("_", "-")}`, theme[name] ?? "");
    }
  }

  #menu() {
    const dark = this.#theme === "dark";
    showMenu(this.more, [
      {
        icon: dark ? "sun" : "moon",
        text: dark ? t("to_light") : t("to_dark"),
        run: () => this.setTheme(dark ? "light" : "dark"),
      },
      { icon: "wide", text: this.#wide ? t("narrow") : t("wide"), run: () => this.#setWide(!this.#wide) },
      { icon: "reload", text: t("reload"), run: () => this.open() },
      { icon: "outside", text: t("new_tab"), run: () => void open(this.url, "_blank", "noopener") },
    ]);
  }

  /** @param {boolean} wide */
  #setWide(wide) {
    this.#wide = wide;
    this.node.classList.toggle("wide", wide);
    this.subtitle.textContent = wide ? `${t("app_title")} · ${this.options.person}` : t("app_title");
    document.body.classList.toggle("has-wide-app", wide);
    this.tell("fullscreen_changed", { is_fullscreen: wide });
  }

  /** @param {MessageEvent} event */
  #receive(event) {
    if (event.source !== this.frame.contentWindow || typeof event.data !== "string") return;
    try {
      const { eventType, eventData } = JSON.parse(event.data);
      this.#asked[eventType]?.(eventData ?? {});
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }

  /** What an app may ask of its client. @type {Record<string, (data: any) => void>} */
  #asked = {
    web_app_ready: () => (this.veil.hidden = true),
    web_app_close: () => this.close(),
    web_app_request_theme: () => this.#tellTheme(),
    web_app_request_viewport: () => this.#tellViewport(),
    web_app_request_safe_area: () => this.tell("safe_area_changed", { top: 0, bottom: 0, left: 0, right: 0 }),
    web_app_request_content_safe_area: () =>
      this.tell("content_safe_area_changed", { top: 0, bottom: 0, left: 0, right: 0 }),
    web_app_setup_back_button: ({ is_visible: visible }) => this.#showBack(visible),
    web_app_setup_closing_behavior: ({ need_confirmation: needed }) => (this.#needsConfirmation = needed),
    web_app_setup_main_button: (data) => this.#setBottomButton(this.main, data),
    web_app_setup_secondary_button: (data) => this.#setBottomButton(this.secondary, data),
    web_app_set_header_color: ({ color }) => color && this.#paint({ header_bg_color: color }),
    web_app_set_bottom_bar_color: ({ color }) => color && this.#paint({ bottom_bar_bg_color: color }),
    web_app_request_fullscreen: () => this.#setWide(true),
    web_app_exit_fullscreen: () => this.#setWide(false),
    web_app_open_popup: (data) => this.#popup(data),
    web_app_open_link: ({ url }) => void open(url, "_blank", "noopener"),
    web_app_open_tg_link: ({ path_full: path }) => this.options.onTelegramLink(`https://t.me${path}`),
    web_app_trigger_haptic_feedback: (data) => this.#shake(data),
    web_app_request_write_access: () => this.tell("write_access_requested", { status: "allowed" }),
    web_app_request_phone: () => this.#sharePhone(),
    web_app_request_file_download: (data) => this.#download(data),
    web_app_data_send: ({ data }) => this.#sendData(data),
  };

  /** @param {boolean} visible */
  #showBack(visible) {
    this.leave.replaceChildren(icon(visible ? "back" : "close"));
    this.leave.title = visible ? t("back") : t("close");
    this.leave.setAttribute("aria-label", this.leave.title);
    if (visible) this.leave.dataset.back = "1";
    else delete this.leave.dataset.back;
  }

  /** @param {HTMLButtonElement} button @param {any} data */
  #setBottomButton(button, data) {
    button.hidden = !data.is_visible;
    button.disabled = !data.is_active;
    button.textContent = data.is_progress_visible ? "…" : data.text;
    button.style.backgroundColor = data.color ?? "";
    button.style.color = data.text_color ?? "";
    /** @type {HTMLElement} */ (button.parentElement).hidden = this.main.hidden && this.secondary.hidden;
  }

  /** @param {{ title: string, message: string, buttons: { id?: string, type?: string, text?: string }[] }} data */
  async #popup({ title, message, buttons }) {
    const words = { ok: t("ok"), close: t("close"), cancel: t("cancel") };
    const named = buttons.map(({ id = "", type = "default", text }) => ({
      id,
      danger: type === "destructive",
      text: words[/** @type {keyof typeof words} */ (type)] ?? text ?? t("ok"),
    }));
    const pressed = await ask(this.node, { title: title || undefined, message, buttons: named });
    this.tell("popup_closed", pressed ? { button_id: pressed } : {});
  }

  /** The page cannot vibrate: a short nod of the frame stands for it. @param {{ type: string, notification_type?: string }} data */
  #shake({ type, notification_type: kind }) {
    if (type !== "notification" || kind !== "error" || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    this.node.animate([{ translate: "-3px" }, { translate: "3px" }, { translate: "0" }], {
      duration: 120,
      iterations: 2,
    });
  }

  async #sharePhone() {
    const buttons = [{ text: t("cancel") }, { id: "share", text: t("share") }];
    const agreed = await ask(this.node, { message: t("share_contact"), buttons }) === "share";
    if (agreed) await post(`users/${this.options.userId}/content`, { kind: "contact" });
    this.tell("phone_requested", { status: agreed ? "sent" : "cancelled" });
  }

  /** @param {{ url: string, file_name: string }} data */
  #download({ url, file_name: name }) {
    const link = el("a", { href: url, download: name, target: "_blank", rel: "noopener" });
    link.click();
    this.tell("file_download_requested", { status: "downloading" });
    toast(this.node, name);
  }

  /** @param {string} data */
  async #sendData(data) {
    await post(`users/${this.options.userId}/content`, {
      content: { web_app_data: { data, button_text: this.options.title } },
    });
    this.close();
  }
}
