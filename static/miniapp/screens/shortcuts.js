// @ts-check
/**
 * The keys of the whole app, by their place on the keyboard: the layout changes nothing. They press what stands on the page,
 * so a key does what its button does, and nothing where there is none. Loaded with the first key that is no text.
 */
import { clone } from "../core/dom.js";
import { back, path } from "../core/router.js";
import { inBrowser } from "../core/storage.js";
import { watch } from "../core/store.js";
import { moveBy } from "../ui/keys.js";
import { lateStyles } from "../ui/late.js";
import { openSheet } from "../ui/sheet.js";
import { pressed } from "./running.js";

/** @type {Desk.VirtualList | null} */
let rows = null;

/** @type {Record<string, () => void>} */
const KEYS = {
  KeyJ: () => step(1),
  KeyK: () => step(-1),
  Escape: () => path() && back(),
  KeyR: () => perform("reply"),
  KeyN: () => perform("note"),
  KeyA: () => perform("take"),
  KeyS: () => perform("status"),
  KeyZ: () => perform("snooze"),
  KeyH: () => command("assign"),
  KeyP: () => command("priority"),
  KeyC: () => command("category"),
  KeyT: () => command("tags"),
  KeyI: () => command("card"),
  KeyY: () => command("number"),
  Slash: () => perform("search"),
};

/** An answer that hangs does not hold the other keys for longer. */
const PATIENCE_MS = 2_000;

/** What a key has begun: sheets come with modules and answers. @type {object | null} */
let busy = null;
watch("sheet", () => busy = null);

/** The first key; the next ones come by themselves. @param {KeyboardEvent} event @param {Desk.VirtualList} list */
export function press(event, list) {
  if (!rows) addEventListener("keydown", onKey);
  rows = list;
  onKey(event);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const { code, key, shiftKey } = event;
  const field = /** @type {Element} */ (event.target).closest("input, textarea, select");
  if ((event.ctrlKey || event.metaKey) && code === "KeyK") {
    event.preventDefault();
    return void once(openPalette);
  }
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]") || inBrowser.get("desk.keys") === false) return;
  // the first way out of a field
  if (field) {
    return code === "Escape" && field.matches("textarea") ? /** @type {HTMLElement} */ (field).blur() : undefined;
  }
  const run = key === "?" || (code === "Slash" && shiftKey) ? showKeys : shiftKey ? null : KEYS[code] ?? arrow(code);
  if (!run) return;
  event.preventDefault();
  if (/^(Arrow|Key[JK])/.test(code)) run(); // held, these go on
  else if (code === "Escape") run(); // the way out is always there
  else if (!event.repeat) once(run);
}

/** Nothing else is begun until it is done or its sheet is there, lest an impatient second press opens another. @param {() => unknown} run */
async function once(run) {
  if (busy) return;
  const mine = busy = {};
  const release = () => {
    if (busy === mine) busy = null;
  };
  const limit = setTimeout(release, PATIENCE_MS);
  try {
    await run();
  } finally {
    clearTimeout(limit);
    release();
  }
}

/** Arrows move among the rows, unless something else on the page has the focus. @param {string} code */
function arrow(code) {
  const by = code === "ArrowDown" ? 1 : code === "ArrowUp" ? -1 : 0;
  const focused = document.activeElement;
  return by && (focused === document.body || focused?.closest("#list-pane")) ? () => step(by) : null;
}

/** @param {number} by */
function step(by) {
  if (!rows || rows.list.closest("[inert]")) return;
  const inside = rows.list.contains(document.activeElement);
  const shown = /** @type {HTMLElement | null} */ (rows.list.querySelector("[aria-current]"))?.dataset.id;
  if (!inside && shown) rows.active = shown;
  moveBy(rows, inside || shown ? by : 0);
}

/** The button of an action, in the conversation or the inbox, where it can be pressed now. @param {string} action */
const buttonOf = (action) =>
  [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(`#app [data-action="${action}"]`))]
    .find((button) => isSeen(button) && !button.closest("[inert]"));

/** @param {HTMLElement} button */
const isSeen = (button) => button.getClientRects().length > 0 && getComputedStyle(button).visibility === "visible";

/** @param {string} action */
function perform(action) {
  const button = buttonOf(action);
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector("#list-pane [type=search]"));
  if (action === "search" && button && field && isSeen(field)) return field.select(); // closing it is for the button
  button?.click();
  if (button && (action === "reply" || action === "note")) {
    button.closest("form")?.querySelector("textarea")?.focus({ preventScroll: true });
  }
}

/** What has no button above the ticket. @param {string} name */
async function command(name) {
  const commands = await pressed(import("./ticket-commands.js"));
  await commands?.commandOf(name)?.();
}

async function openPalette() {
  if (document.querySelector("dialog[open]")) return;
  const palette = await pressed(import("./palette.js"));
  palette?.openPalette({ buttonOf, perform, showKeys });
}

/** The list of keys. */
async function showKeys() {
  await lateStyles();
  const dialog = /** @type {HTMLDialogElement} */ (clone("key-help").node);
  openSheet(dialog);
}
