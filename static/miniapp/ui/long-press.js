// @ts-check
/** A long press on glass, a right click with a mouse. */

const LONG_MS = 450;
const MOVED_PX = 10;

/**
 * @param {HTMLElement} root
 * @param {string} selector what is pressed
 * @param {(element: HTMLElement) => boolean} act whether it did something: then the browser's own menu stays away
 * @param {AbortSignal} signal
 */
export function longPress(root, selector, act, signal) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let acted = 0;
  const begin = { x: 0, y: 0 };
  const found = (/** @type {Event} */ event) => {
    const target = /** @type {Element} */ (event.target);
    return target.closest("a, button") ? null : /** @type {HTMLElement | null} */ (target.closest(selector));
  };
  const stop = () => clearTimeout(timer);
  root.addEventListener("pointerdown", (event) => {
    const element = found(event);
    if (event.pointerType === "mouse" || !event.isPrimary || !element) return stop();
    Object.assign(begin, { x: event.clientX, y: event.clientY });
    stop();
    timer = setTimeout(() => {
      if (getSelection()?.toString()) return;
      if (act(element)) acted = Date.now();
    }, LONG_MS);
  }, { signal });
  root.addEventListener("pointermove", (event) => {
    if (Math.hypot(event.clientX - begin.x, event.clientY - begin.y) > MOVED_PX) stop();
  }, { signal });
  for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
    root.addEventListener(name, stop, { signal });
  }
  root.addEventListener("scroll", stop, { signal, capture: true, passive: true });
  root.addEventListener("contextmenu", (event) => {
    // Android sends this after the press has acted
    if (Date.now() - acted < 1_000) return event.preventDefault();
    const element = found(event);
    if (element && !getSelection()?.toString() && act(element)) event.preventDefault();
  }, { signal });
  signal.addEventListener("abort", stop, { once: true });
}
