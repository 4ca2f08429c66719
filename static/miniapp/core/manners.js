// @ts-check
/** What only some screens ask of Telegram; not part of the first load. */
import { client } from "./telegram.js";

const LAST_WORDS_MS = 100;

/** Opens an address in the browser of the phone or computer, or a chat in Telegram, which may close the app. @param {string} url @param {"openLink" | "openTelegramLink"} [how] */
export function openOutside(url, how = "openLink") {
  const open = client()?.[how];
  if (open) open(url);
  else location.assign(url);
}

/** Whether files go through the client's own download. */
export const hasDownload = () => Boolean(client("8.0")?.downloadFile);

/** Hands a file to the client's own download, which Telegram Web needs; false where it cannot. @param {string} url @param {string} name */
export function download(url, name) {
  const save = client("8.0")?.downloadFile;
  save?.({ url, file_name: name });
  return Boolean(save);
}

/**
 * Telegram's own large button below the app does what ours would, until the screen is left.
 * @param {string} text @param {() => void} run @param {AbortSignal} signal
 * @returns {((busy: boolean) => void) | null} shows it, free or at work; null: the client has no such button, ours is needed
 */
export function takeMainButton(text, run, signal) {
  const button = client("6.1")?.MainButton;
  if (!button || signal.aborted) return null;
  const show = (/** @type {boolean} */ busy) => {
    if (signal.aborted) return;
    button.setParams({ text, is_visible: true, is_active: !busy });
    if (busy) button.showProgress();
    else button.hideProgress();
  };
  button.onClick(run);
  signal.addEventListener("abort", () => {
    button.offClick(run);
    button.hideProgress();
    button.hide();
  }, { once: true });
  return show;
}

/** The phone's keyboard goes, where nothing more is written. */
export function hideKeyboard() {
  client("9.1")?.hideKeyboard?.();
}

/** Who came by a link, and never wrote to the bot, is asked whether it may write: else no answer is told of. */
export function askToWrite() {
  const asking = client("6.9");
  if (asking?.initDataUnsafe.user?.allows_write_to_pm === true) return;
  asking?.requestWriteAccess?.();
}

/** Whether something is under way. */
let busy = false;
/** What waits for its end. @type {Set<() => void>} */
const waiting = new Set();

/** Leaves the page once nothing is under way that would be lost with it. @param {() => void} leave @returns {boolean} false where that is to be waited for */
export function leaveOnceFree(leave) {
  if (busy) waiting.add(() => leaveOnceFree(leave));
  else leave();
  return !busy;
}

/** Ask before closing, while something is under way. @param {boolean} wanted */
export function setClosingConfirmation(wanted) {
  busy = wanted;
  // a moment later: the next file may be due, and what has come up is noted first
  if (!wanted) setTimeout(goOn, LAST_WORDS_MS);
  client("6.2")?.[wanted ? "enableClosingConfirmation" : "disableClosingConfirmation"]?.();
}

function goOn() {
  if (busy) return;
  const all = [...waiting];
  waiting.clear();
  for (const one of all) one();
}
