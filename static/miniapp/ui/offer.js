// @ts-check
/** A notice with a button: for some seconds one press does something more, or takes it back. Loaded with the first. */
import { byId, clone, say } from "../core/dom.js";

const MOST = 3;
const LOOK_AGAIN_MS = 1_000;

/**
 * Stands beside other notices, the oldest of more than three excepted, and goes neither from under the pointer nor with the focus.
 * @param {string} name of its template @param {string} text @param {() => void} run @param {number} [seconds]
 */
export function offer(name, text, run, seconds = 5) {
  const { node, refs } = clone(name);
  refs.text.textContent = text;
  refs.press.addEventListener("click", () => {
    node.remove();
    run();
  });
  const place = byId("toasts");
  place.append(node);
  const all = place.querySelectorAll(".undo");
  if (all.length > MOST) all[0].remove();
  say(text);
  const end = () => {
    if (node.matches(":hover, :focus-within")) setTimeout(end, LOOK_AGAIN_MS);
    else node.remove();
  };
  setTimeout(end, seconds * 1000);
  return node;
}
