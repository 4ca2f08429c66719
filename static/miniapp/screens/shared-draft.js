// @ts-check
/** What this person writes in another tab of the browser stands in the field here too, once they do not write here. */
import { watch } from "../core/store.js";

const BUSY_MS = 2_000;

/** @param {HTMLElement} root of the chat @param {() => Desk.Composer | null | undefined} composerOf @param {AbortSignal} signal */
export function shareDraft(root, composerOf, signal) {
  let wrote = 0;
  const show = () => {
    const composer = composerOf();
    if (signal.aborted || !composer || composer.node.classList.contains("is-editing")) return;
    const rest = document.hasFocus() ? wrote + BUSY_MS - Date.now() : 0;
    if (rest > 0) return void setTimeout(show, rest);
    const { text } = composer.refs;
    const draft = composer.owner.draft(composer.mode);
    if (text.value === draft) return;
    text.value = draft;
    composer.mounted();
  };
  root.addEventListener("input", () => wrote = Date.now(), { signal });
  watch("drafts", show, signal);
}
