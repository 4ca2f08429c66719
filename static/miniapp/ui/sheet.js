// @ts-check
/** Sheets over the page. The browser's <dialog> keeps the focus inside and gives it back. */
import { byId, clone } from "../core/dom.js";

/** All outside an open sheet is covered and can neither be pressed nor heard: notices go along. @param {HTMLElement} place */
function takeNotices(place) {
  place.append(...["toasts", "live-polite", "live-assertive"].map(byId));
}

/** Opens it; resolves with what it was closed with. A tap beside it closes it. @param {HTMLDialogElement} dialog @returns {Promise<string>} */
export function openSheet(dialog) {
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  const home = byId("toasts").parentElement;
  takeNotices(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      takeNotices(home?.isConnected ? home : document.body);
      dialog.remove();
      resolve(dialog.returnValue);
    }, { once: true });
  });
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
    choice.node.addEventListener("click", () => dialog.close(value));
    refs.choices.append(choice.node);
  }
  return openSheet(dialog).then((value) => value || null);
}
