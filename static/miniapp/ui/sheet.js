// @ts-check
/** Sheets over the page. The browser's <dialog> keeps the focus inside and gives it back. */
import { clone } from "../core/dom.js";

/**
 * A choice of statuses; resolves with the chosen one, or null.
 * @param {string} title
 * @param {{value: string, label: string, chosen?: boolean}[]} choices
 * @returns {Promise<string | null>}
 */
export function choose(title, choices) {
  const { node, refs } = clone("sheet");
  const dialog = /** @type {HTMLDialogElement} */ (node);
  refs.title.textContent = title;
  for (const { value, label, chosen } of choices) {
    const choice = clone("choice");
    choice.refs.label.textContent = label;
    choice.refs.label.dataset.status = value;
    choice.refs.mark.toggleAttribute("hidden", !chosen);
    choice.node.setAttribute("aria-pressed", String(Boolean(chosen)));
    choice.node.addEventListener("click", () => dialog.close(value));
    refs.choices.append(choice.node);
  }
  // a tap beside the sheet closes it
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue || null);
    }, { once: true });
  });
}
