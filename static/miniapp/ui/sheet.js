// @ts-check
/** Sheets over the page. The browser's <dialog> keeps the focus inside and gives it back. */
import { byId, clone } from "../core/dom.js";
import { back, path } from "../core/router.js";
import { touch, watch } from "../core/store.js";
import { haptic, setBack } from "../core/telegram.js";

/** All outside an open sheet is covered and can neither be pressed nor heard: notices go along. @param {HTMLElement} place */
function takeNotices(place) {
  place.append(...["toasts", "live-polite", "live-assertive"].map(byId));
}

/** Those that are open, the topmost last. @type {Set<HTMLDialogElement>} */
const opened = new Set();

/**
 * Opens it; resolves with what it was closed with. A tap beside it closes it, Telegram's Back, and leaving the screen. What
 * is open already (a second, impatient press) is not opened once more.
 * @param {HTMLDialogElement} dialog @returns {Promise<string>}
 */
export function openSheet(dialog) {
  if ([...opened].some((one) => one.open && one.textContent === dialog.textContent)) return Promise.resolve("");
  closeBeside(dialog);
  const closed = new AbortController();
  const screen = byId("detail-pane").firstElementChild;
  document.body.append(dialog);
  dialog.showModal();
  const home = byId("toasts").parentElement;
  takeNotices(dialog);
  opened.add(dialog);
  drawBack();
  touch("sheet");
  watch("route", () => screen?.isConnected === false && dialog.close(), closed.signal);
  addEventListener("keydown", keepEscape, { capture: true, signal: closed.signal });
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      closed.abort();
      opened.delete(dialog);
      drawBack();
      takeNotices(home?.isConnected ? home : document.body);
      dialog.remove();
      resolve(dialog.returnValue);
    }, { once: true });
  });
}

/** A press that begins in the sheet, as one that selects text, closes nothing wherever it ends. @param {HTMLDialogElement} dialog */
function closeBeside(dialog) {
  let beside = false;
  dialog.addEventListener("pointerdown", ({ target }) => beside = target === dialog);
  dialog.addEventListener("click", ({ target }) => beside && target === dialog && dialog.close());
}

/** Telegram's Back closes the topmost; without any it does what it did before. */
function drawBack() {
  const close = () => {
    const top = [...opened].findLast(({ open }) => open); // one that was closed just now still tells so
    if (top) top.close();
    else back();
  };
  setBack(opened.size ? close : path() ? back : null);
}

/** Where nothing in the sheet has the focus, Escape closes it all the same, and is no key of the page. @param {KeyboardEvent} event */
function keepEscape(event) {
  if (event.key === "Escape" && event.target === document.body) event.stopPropagation();
}

/**
 * A choice of statuses, or of something plain; resolves with the chosen one, or null.
 * @param {string} title
 * @param {{value: string, label: string, chosen?: boolean, plain?: boolean}[]} choices
 * @returns {Promise<string | null>}
 */
export function choose(title, choices) {
  const { node, refs } = clone("sheet");
  const dialog = /** @type {HTMLDialogElement} */ (node);
  refs.title.textContent = title;
  for (const { value, label, chosen, plain = false } of choices) {
    const choice = clone("choice");
    choice.refs.label.textContent = label;
    choice.refs.label.classList.toggle("status", !plain);
    choice.refs.label.dataset.status = value;
    choice.refs.mark.toggleAttribute("hidden", !chosen);
    choice.node.setAttribute("aria-pressed", String(Boolean(chosen)));
    choice.node.addEventListener("click", () => {
      haptic("selection");
      dialog.close(value);
    });
    refs.choices.append(choice.node);
  }
  return openSheet(dialog).then((value) => value || null);
}
