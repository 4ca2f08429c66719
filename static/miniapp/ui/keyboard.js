// @ts-check
/** A keyboard that lies over the page and does not make it smaller: Telegram for iOS before 11.11, and Safari. */

const LEAST = 120; // pixels; less is a bar of the browser

/** From now on the app ends above it. */
export function followKeyboard() {
  const seen = window.visualViewport;
  const app = /** @type {HTMLElement | null} */ (document.querySelector(".app"));
  if (!seen || !app) return;
  const fit = () => {
    const isCovered = seen.scale < 1.01 && innerHeight - seen.height > LEAST; // who zooms in sees less, too
    app.style.blockSize = isCovered ? `min(${seen.height}px, var(--tg-viewport-height, 100dvh))` : "";
    app.style.insetBlockStart = isCovered ? `${seen.offsetTop}px` : "";
  };
  seen.addEventListener("resize", fit);
  seen.addEventListener("scroll", fit);
}
