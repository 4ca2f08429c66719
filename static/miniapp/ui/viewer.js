// @ts-check
/** The pictures of a conversation over the whole page: one after the other by arrows and swipes, zoomed by a tap or two fingers. */
import { clone, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { lateStyles } from "./late.js";
import { openSheet } from "./sheet.js";

const SWIPE_PX = 50;
const MOST_ZOOM = 5;
/** A little more than its whole size is meant as that. */
const LEAST_ZOOM = 1.1;

/** @typedef {{id: string, name: string, url: string}} Photo */

/**
 * @param {Photo[]} photos in the order of the conversation
 * @param {number} begin the one that is shown first
 * @param {{source: (url: string) => Promise<string>, save: (link: HTMLElement, event: Event) => unknown}} owner `save` may take the press on the link out of the browser's hands
 * @param {AbortSignal} signal closes it
 */
export async function viewPhotos(photos, begin, owner, signal) {
  await lateStyles();
  if (signal.aborted) return;
  const { node, refs } = clone("viewer");
  const dialog = /** @type {HTMLDialogElement} */ (node);
  let at = begin;
  let shown = 0;

  const zoomOut = listenToPinches(refs.stage, refs.image);
  const show = async (/** @type {number} */ wanted) => {
    at = Math.max(0, Math.min(photos.length - 1, wanted));
    const turn = ++shown;
    const { name, url } = photos[at];
    dialog.dataset.state = "loading";
    zoomOut();
    refs.image.removeAttribute("src");
    refs.image.alt = t("photo_from", { name });
    setText(refs.count, photos.length > 1 ? t("photo_count", { at: at + 1, all: photos.length }) : "");
    refs.previous.hidden = at === 0;
    refs.next.hidden = at === photos.length - 1;
    const focused = document.activeElement;
    if (!dialog.contains(focused) || focused?.closest("[hidden], .viewer-failed")) dialog.focus();
    const source = await owner.source(url);
    if (turn !== shown) return;
    refs.image.src = refs.save.href = source;
    refs.save.download = refs.save.dataset.name = name;
  };

  refs.image.addEventListener("load", () => dialog.dataset.state = "loaded");
  refs.image.addEventListener("error", () => dialog.dataset.state = "failed");
  refs.image.addEventListener("click", () => {
    const zoomed = refs.stage.classList.contains("is-zoomed");
    zoomOut();
    refs.stage.classList.toggle("is-zoomed", !zoomed);
  });
  refs.stage.addEventListener("click", (/** @type {Event} */ event) => event.target === refs.stage && dialog.close());
  refs.previous.addEventListener("click", () => show(at - 1));
  refs.next.addEventListener("click", () => show(at + 1));
  refs.retry.addEventListener("click", () => show(at));
  refs.save.addEventListener("click", (/** @type {Event} */ event) => owner.save(refs.save, event));
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(at - 1);
    else if (event.key === "ArrowRight") show(at + 1);
  });
  listenToSwipes(refs.stage, (step) => show(at + step));
  signal.addEventListener("abort", () => dialog.close(), { once: true });
  openSheet(dialog);
  show(begin);
}

/** A finger that goes sideways; within an enlarged picture it moves the picture. @param {HTMLElement} stage @param {(step: 1 | -1) => void} turn */
function listenToSwipes(stage, turn) {
  /** @type {{x: number, y: number} | null} */
  let from = null;
  let fingers = 0;
  stage.addEventListener("touchstart", ({ touches }) => {
    fingers = touches.length;
    from = { x: touches[0].clientX, y: touches[0].clientY };
  }, { passive: true });
  stage.addEventListener("touchend", ({ changedTouches: [{ clientX, clientY }] }) => {
    if (!from || fingers > 1 || stage.classList.contains("is-zoomed")) return;
    const [dx, dy] = [clientX - from.x, clientY - from.y];
    if (Math.abs(dx) > SWIPE_PX && Math.abs(dx) > 2 * Math.abs(dy)) turn(dx < 0 ? 1 : -1);
    from = null;
  }, { passive: true });
}

/** Two fingers draw the picture larger; what is between them stays there. @param {HTMLElement} stage @param {HTMLImageElement} image @returns {() => void} shows the whole again */
function listenToPinches(stage, image) {
  /** @type {{apart: number, width: number} | null} */
  let from = null;
  const apartOf = (/** @type {TouchList} */ [a, b]) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  const whole = () =>
    Math.min(stage.clientWidth, stage.clientHeight * image.naturalWidth / image.naturalHeight) || stage.clientWidth;
  const zoomOut = () => {
    image.removeAttribute("style");
    stage.classList.remove("is-zoomed");
  };
  stage.addEventListener("touchstart", ({ touches }) => {
    const width = stage.classList.contains("is-zoomed") ? image.clientWidth : whole();
    if (touches.length === 2) from = { apart: apartOf(touches), width };
  }, { passive: true });
  stage.addEventListener("touchmove", (event) => {
    const { touches } = event;
    if (!from || touches.length !== 2) return;
    event.preventDefault();
    const frame = stage.getBoundingClientRect();
    const [x, y] = [touches[0].clientX + touches[1].clientX, touches[0].clientY + touches[1].clientY]
      .map((sum, axis) => sum / 2 - (axis ? frame.top : frame.left));
    const before = image.clientWidth;
    const width = Math.min(MOST_ZOOM * whole(), Math.max(whole(), from.width * apartOf(touches) / from.apart));
    const [left, top] = [stage.scrollLeft + x, stage.scrollTop + y];
    stage.classList.add("is-zoomed");
    Object.assign(image.style, { inlineSize: `${width}px`, minInlineSize: "0", margin: "auto" });
    stage.scrollTo(left * width / before - x, top * width / before - y);
  }, { passive: false });
  stage.addEventListener("touchend", ({ touches }) => {
    if (from && touches.length < 2 && image.clientWidth < LEAST_ZOOM * whole()) zoomOut();
    if (touches.length < 2) from = null;
  }, { passive: true });
  return zoomOut;
}
