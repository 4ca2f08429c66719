// @ts-check
/** The keys that tabs and lists promise. Loaded with the first touch or key. */

/** From row to row. @param {Desk.VirtualList} view */
export function moveAmongRows(view) {
  const note = () => {
    const link = /** @type {HTMLElement | null} */ (view.list.querySelector(":focus"));
    view.active = link?.dataset.id ?? view.active;
  };
  note();
  view.list.addEventListener("focusin", note);
  view.list.addEventListener("keydown", (event) => {
    const page = Math.max(1, Math.floor(view.scroll.clientHeight / view.height) - 1);
    /** @type {Record<string, number>} */
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey || !view.rows.length) return;
    event.preventDefault();
    moveBy(view, step);
  });
}

/** The focus goes to the row that many rows away. @param {Desk.VirtualList} view @param {number} step */
export function moveBy(view, step) {
  const { rows, scroll, height } = view;
  if (!rows.length) return;
  const place = Math.max(0, Math.min(rows.length - 1, view.place() + step));
  view.active = rows[place].id;
  const top = place * height;
  scroll.scrollTop = Math.max(top + height - scroll.clientHeight, Math.min(top, scroll.scrollTop));
  view.draw();
  /** @type {HTMLElement | null} */ (view.list.querySelector("[tabindex='0']"))?.focus({ preventScroll: true });
}

/** From tab to tab, each chosen as it is reached. @param {HTMLElement} tabs */
export function moveAmongTabs(tabs) {
  tabs.addEventListener("keydown", (event) => {
    const all = /** @type {HTMLElement[]} */ ([...tabs.children]);
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    /** @type {Record<string, number>} */
    const places = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 };
    if (!(event.key in places)) return;
    event.preventDefault();
    const next = all[(places[event.key] + all.length) % all.length];
    next.focus();
    next.click();
  });
}
