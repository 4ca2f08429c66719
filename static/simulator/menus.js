// @ts-check
/** Pop-up menus, questions and short notes, each inside the pane that it belongs to. */
import { el, icon } from "./dom.js";
import { t } from "./texts.js";

const TOAST_MS = 3500;
/** @typedef {{ icon?: string, text: string, danger?: boolean, run: () => void } | null} Item */

/** @type {(() => void) | null} */
let closeOpen = null;

/** A menu below or above its button; Escape and a press elsewhere close it. @param {HTMLElement} anchor @param {Node[]} content */
export function showPopover(anchor, content) {
  closeOpen?.();
  const menu = el("div", { class: "menu", role: "menu" }, ...content);
  const host = anchor.closest(".mini-app, .pane, .top") ?? document.body;
  host.append(menu);
  place(menu, anchor, host);
  const control = new AbortController();
  const close = () => {
    control.abort();
    menu.remove();
    closeOpen = null;
    if (menu.contains(document.activeElement) || document.activeElement === document.body) anchor.focus();
  };
  closeOpen = close;
  const options = { signal: control.signal, capture: true };
  addEventListener("pointerdown", (event) => menu.contains(/** @type {Node} */ (event.target)) || close(), options);
  addEventListener("keydown", (event) => menuKey(event, menu, close), options);
  menu.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("button")) close();
  }, { signal: control.signal });
  menu.querySelector("button")?.focus({ preventScroll: true });
}

/** @param {KeyboardEvent} event @param {HTMLElement} menu @param {() => void} close */
function menuKey(event, menu, close) {
  const buttons = [...menu.querySelectorAll("button")];
  const index = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
  if (event.key === "Escape") close();
  else if (event.key === "ArrowDown") buttons[(index + 1) % buttons.length]?.focus();
  else if (event.key === "ArrowUp") buttons.at(index - 1)?.focus();
  else return;
  event.preventDefault();
}

/** @param {HTMLElement} menu @param {HTMLElement} anchor @param {Element} host */
function place(menu, anchor, host) {
  const [button, box] = [anchor, host].map((node) => node.getBoundingClientRect());
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = button.bottom + height + 8 < Math.max(box.bottom, innerHeight * 0.7);
  const left = Math.max(8, Math.min(button.left - box.left, box.width - width - 8));
  const top = below ? button.bottom - box.top + 4 : Math.max(8, button.top - box.top - height - 4);
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}

/** @param {HTMLElement} anchor @param {Item[]} items @param {Node} [head] */
export function showMenu(anchor, items, head) {
  const buttons = items.filter((item) => item !== null).map((item) =>
    el(
      "button",
      { type: "button", role: "menuitem", class: item.danger ? "danger" : "", click: item.run },
      item.icon ? icon(item.icon) : null,
      el("span", { text: item.text }),
    )
  );
  showPopover(anchor, head ? [head, ...buttons] : buttons);
}

/** A note that goes by itself. @param {Element} host @param {string} text */
export function toast(host, text) {
  const note = el("div", { class: "toast", role: "status", text });
  host.append(note);
  setTimeout(() => note.remove(), TOAST_MS);
}

/**
 * A question in the pane; the answer is the pressed button's id, "" where it was closed.
 * @param {Element} host
 * @param {{ title?: string, message: string, buttons?: { id?: string, text: string, danger?: boolean }[] }} question
 * @returns {Promise<string>}
 */
export function ask(host, { title, message, buttons = [{ id: "ok", text: t("ok") }] }) {
  return new Promise((resolve) => {
    /** @param {string} id */
    const answer = (id) => {
      shade.remove();
      resolve(id);
    };
    const choices = buttons.map(({ id = "", text, danger }) =>
      el("button", { type: "button", class: danger ? "danger" : "", text, click: () => answer(id) })
    );
    const card = el(
      "div",
      { class: "question", role: "alertdialog", "aria-modal": "true", "aria-label": title ?? message },
      title ? el("h3", { text: title }) : null,
      el("p", { text: message }),
      el("div", { class: "choices" }, ...choices),
    );
    const shade = el("div", { class: "shade" }, card);
    shade.addEventListener("click", (event) => event.target === shade && answer(""));
    shade.addEventListener("keydown", (event) => event.key === "Escape" && answer(""));
    host.append(shade);
    choices.at(-1)?.focus();
  });
}
