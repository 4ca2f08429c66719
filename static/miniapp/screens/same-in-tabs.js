// @ts-check
/** What this person writes and answers in another tab of the browser stands here too, once they do not write here. */
import { watch } from "../core/store.js";

const SAVE_MS = 300;
const BUSY_MS = 2_000;

/** @typedef {{mode: Desk.Composer["mode"], reply: string | null, edit: {id: string, text: string} | null}} Begun */
/** How it is begun there (screens/unfinished.js). @typedef {{begun: () => Begun | null, begin: (begun: Begun) => void, isSaving: () => boolean}} Ways */

/** @param {Desk.Composer} composer @param {Ways} ways @param {AbortSignal} signal */
export function followTabs(composer, { begun, begin, isSaving }, signal) {
  const { node, owner, refs: { text } } = composer;
  let wrote = 0;
  const follow = () => {
    if (signal.aborted || !node.isConnected || composer.edited) return;
    const busy = document.hasFocus() ? wrote + BUSY_MS - Date.now() : 0;
    const rest = Math.max(busy, isSaving() ? SAVE_MS : 0);
    if (rest > 0) return void setTimeout(follow, rest);
    const theirs = begun() ?? { mode: "reply", reply: null, edit: null };
    if (theirs.mode === composer.mode && !theirs.edit && theirs.reply !== (composer.reply?.id ?? null)) begin(theirs);
    const words = owner.draft(composer.mode);
    if (text.value === words) return;
    text.value = words;
    composer.fit();
  };
  node.addEventListener("input", () => wrote = Date.now(), { signal });
  watch("drafts", follow, signal);
}
