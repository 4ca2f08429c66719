// @ts-check
/** What is picked or recorded and not sent, and whether it is a note; as long as the page lives. */
import { touch } from "../core/store.js";
import { holdPictures, picturesOf } from "../data/uploads.js";

/** @typedef {Desk.Composer["mode"]} Mode */

/** By ticket. @type {Map<string, {mode: Mode, files: Desk.JobFile[]}>} */
export const picked = new Map();
holdPictures(() => picturesOf([...picked.values()].flatMap(({ files }) => files)));
/** Those that are shown, by ticket. @type {Map<string, Desk.Composer>} */
const composers = new Map();
/** Their files are a note until "Reply" is pressed. @type {WeakSet<Desk.Composer>} */
export const noting = new WeakSet();

/** @param {Desk.Composer} composer */
const sideOf = (composer) => noting.has(composer) ? "note" : composer.mode;

/** Files or a voice message are begun there. @param {Desk.Composer} composer */
export const holds = (composer) =>
  noting.has(composer) || composer.picker.files.length > 0 || composer.node.classList.contains("is-recording");

/** @param {string} ticket @param {Desk.Composer} composer @param {AbortSignal} signal */
export function followPicking(ticket, composer, signal) {
  composers.set(ticket, composer);
  signal.addEventListener("abort", () => composers.get(ticket) === composer && composers.delete(ticket));
  composer.node.addEventListener("click", ({ target }) => {
    const { input, voice, replyMode } = composer.refs;
    if (replyMode.contains(target)) {
      composer.setMode("reply");
      noting.delete(composer);
      composer.fit();
    } else if (composer.mode === "note" && (target === input || voice.contains(target))) noting.add(composer);
  }, { capture: true, signal });
}

/** @param {string} ticket @param {Desk.Composer} composer */
export function keepPicked(ticket, composer) {
  const { files } = composer.picker;
  if (!files.length) return void picked.delete(ticket);
  if (composer.mode === "note") noting.add(composer);
  picked.set(ticket, { mode: sideOf(composer), files });
}

/** @param {string} ticket @param {Mode} mode a note stays one @param {Desk.JobFile[]} files */
export function addFiles(ticket, mode, files) {
  const there = picked.get(ticket);
  if (files.length) {
    picked.set(ticket, { mode: there?.mode === "note" ? "note" : mode, files: [...there?.files ?? [], ...files] });
  }
}

/** A recording that ends late stands in the field of then, or waits for one. @param {string} ticket @param {Desk.JobFile} file @param {Desk.Composer} recorded */
export function addPicked(ticket, file, recorded) {
  const composer = composers.get(ticket);
  if (!composer?.node.isConnected) {
    addFiles(ticket, sideOf(recorded), [file]);
    return touch(`ticket:${ticket}`); // the foot of a closed one tells of it
  }
  if (sideOf(recorded) === "note") noting.add(composer);
  const { picker } = composer;
  picker.files.push(file);
  picker.draw();
  picker.rules.onChange();
}

/** @param {string} ticket */
export const pickedIn = (ticket) => picked.get(ticket) ?? { mode: /** @type {Mode} */ ("reply"), files: [] };
