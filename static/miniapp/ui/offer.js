// @ts-check
/** A notice with a button: for some seconds one press does something more, or takes it back. Loaded with the first. */
import { byId, clone, say } from "../core/dom.js";

const MOST = 3;
const LOOK_AGAIN_MS = 1_000;
/** Where the focus goes with a notice that had it: the first of them that can take it. */
const NEXT = [".undo button", "#detail-pane .composer textarea", "#detail-pane h1", "#list-pane h1"];

/**
 * Stands beside other notices, the oldest of more than three excepted, and goes neither from under the pointer nor with the focus.
 * @param {string} name of its template @param {string} text @param {() => void} run @param {number} [seconds] @param {"polite" | "assertive"} [how] it is said
 */
export function offer(name, text, run, seconds = 5, how = "polite") {
  const { node, refs } = clone(name);
  refs.text.textContent = text;
  refs.press.addEventListener("click", (/** @type {MouseEvent} */ { detail }) => {
    if (detail) node.remove(); // a finger wants no keyboard of the phone
    else leave(node);
    run();
  });
  refs.close?.addEventListener("click", () => leave(node)); // what stands longer lies over a row
  const place = byId("toasts");
  place.append(node);
  const all = place.querySelectorAll(".undo");
  if (all.length > MOST) leave(all[0]);
  say(text, how);
  const end = () => {
    if (node.matches(":hover, :focus-within")) setTimeout(end, LOOK_AGAIN_MS);
    else node.remove();
  };
  setTimeout(end, seconds * 1000);
  return node;
}

/** @param {Element} node */
function leave(node) {
  const held = node.contains(document.activeElement);
  node.remove();
  if (!held) return;
  for (const place of NEXT) {
    const next = /** @type {HTMLElement | null} */ (document.querySelector(place));
    next?.focus({ preventScroll: true });
    if (next?.matches(":focus")) return;
  }
}
