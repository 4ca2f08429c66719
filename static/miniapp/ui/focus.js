// @ts-check
/** The keyboard's place: a press that takes its own button away gives the focus to what stands next, not to the top of the page. */

const CONTROLS = "button, a[href], input, select, textarea";
/** What belongs together: the focus stays among these where it can. */
const GROUPS = ".staff-tools, .side-card, .picked";
/** Else it goes to the first of these that can take it. */
const NEXT = [".composer textarea", ".closed-foot a", ".form [data-action=pick]", "h1"];
/** An answer that takes longer finds somebody elsewhere. */
const WAIT_MS = 5_000;

/** From now on. */
export function keepFocus() {
  document.addEventListener("click", ({ detail, target }) => {
    const pressed = /** @type {Element} */ (target).closest("button");
    if (!detail && pressed && pressed === document.activeElement) stay(pressed); // by key, and not by finger
  }, { capture: true });
}

/** Ends what waits for an earlier press. */
let end = () => {};

/** @param {HTMLElement} pressed */
function stay(pressed) {
  end();
  const group = pressed.closest(GROUPS);
  const all = [...group?.querySelectorAll(CONTROLS) ?? []];
  const at = all.indexOf(pressed);
  const beside = [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0)).reverse()];
  const look = () => {
    if (isSeen(pressed)) return;
    const { activeElement } = document;
    if (activeElement === document.body || activeElement === pressed) give(beside);
    end();
  };
  const observer = new MutationObserver(look);
  const timer = setTimeout(() => end(), WAIT_MS);
  end = () => {
    observer.disconnect();
    clearTimeout(timer);
  };
  observer.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["hidden"] });
}

/** @param {Element} element */
const isSeen = (element) => element.getClientRects().length > 0;

/** @param {Element[]} beside */
function give(beside) {
  const others = NEXT.map((place) => document.querySelector(`#detail-pane ${place}`));
  for (const one of /** @type {(HTMLElement | null)[]} */ ([...beside, ...others])) {
    if (!one || !isSeen(one)) continue;
    one.focus({ preventScroll: true });
    if (one.matches(":focus")) return;
  }
}
