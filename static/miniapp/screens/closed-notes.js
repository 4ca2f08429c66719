// @ts-check
/** In a closed ticket staff write notes alone. Loaded with the first one that is shown. */
import { clone } from "../core/dom.js";
import { isClosed } from "./closing.js";
import { mayTurn, putOff } from "./unfinished.js";

/** Composers that heed whether their ticket is closed. @type {WeakSet<Desk.Composer>} */
const heeding = new WeakSet();

/** A closed ticket that was not merged takes notes alone, and says so above the field of staff. @param {HTMLElement} foot @param {string} ticket its id @param {Desk.Composer} composer */
export function keepToNotes(foot, ticket, composer) {
  const { modes } = composer.refs;
  const closed = isClosed(ticket); // by now
  if (modes.hidden === closed) return;
  modes.hidden = closed;
  if (!closed) {
    foot.querySelector(".closed-foot")?.remove();
    if (mayTurn(composer)) turn(composer, "reply");
    return;
  }
  const { node } = clone("closed");
  foot.prepend(node);
  heed(composer);
  turn(composer, "note");
}

/** @param {Desk.Composer} composer */
function heed(composer) {
  if (heeding.has(composer)) return;
  heeding.add(composer);
  const setMode = composer.setMode.bind(composer);
  const forget = composer.forget.bind(composer);
  const { modes } = composer.refs;
  composer.setMode = (mode) => setMode(modes.hidden ? "note" : mode);
  composer.forget = () => {
    forget();
    if (modes.hidden) queueMicrotask(() => turn(composer, "note")); // a change was saved, or left
  };
}

/** A change that is begun stays; the focus neither comes nor goes. @param {Desk.Composer} composer @param {Desk.Composer["mode"]} mode */
function turn(composer, mode) {
  const { node } = composer;
  if (composer.edited || composer.mode === mode) return;
  if (mode === "note") putOff(composer);
  node.inert = !node.contains(document.activeElement);
  composer.setMode(mode);
  node.inert = false;
}
