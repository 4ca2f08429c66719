// @ts-check
/** The few things that every view does with the page. Text goes in by textContent only. */

/** Remembers by key what `keyed` has drawn into a parent. @type {WeakMap<Element, Map<string, Desk.Clone>>} */
const drawn = new WeakMap();

/** `next`: the refs of the siblings behind it. @typedef {{bare: any, parts: Record<string, {element: any, parent: string, next: string[]}>}} Pattern */
/** @type {Map<string, Pattern>} */
const patterns = new Map();

/** @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id);

/**
 * A copy of `<template id="tpl-NAME">`; `refs` are its elements by their data-ref. Those with `data-part` as well are
 * left out until `part` asks for them.
 * @param {string} name
 * @returns {Desk.Clone}
 */
export function clone(name) {
  const node = patternOf(name).bare.cloneNode(true);
  const view = { name, node, refs: {} };
  register(view, node);
  return view;
}

/** Makes an optional element of a view come or go; returns it while it is there. @param {Desk.Clone} view @param {string} ref @param {unknown} wanted @returns {any} */
export function part({ name, refs }, ref, wanted) {
  if (!wanted) {
    refs[ref]?.remove();
    delete refs[ref];
  } else if (!refs[ref]) {
    const { element, parent, next } = patternOf(name).parts[ref];
    const copy = element.cloneNode(true);
    register({ refs }, copy);
    refs[parent].insertBefore(copy, next.map((one) => refs[one]).find(Boolean) ?? null);
  }
  return refs[ref] ?? null;
}

/** @param {{refs: Record<string, any>}} view @param {any} root */
function register({ refs }, root) {
  for (const element of [root, ...root.querySelectorAll("[data-ref]")]) refs[element.dataset.ref ?? ""] = element;
}

/** A template without its optional elements (`data-part`), and where each of these belongs. @param {string} name @returns {Pattern} */
function patternOf(name) {
  const known = patterns.get(name);
  if (known) return known;
  const bare = byId(`tpl-${name}`).content.firstElementChild;
  const optional = [...bare.querySelectorAll("[data-part]")];
  /** @type {Pattern} */
  const pattern = { bare, parts: {} };
  for (const element of optional) {
    const parent = element.parentElement.dataset.ref ?? "";
    const siblings = [...element.parentElement.children];
    const next = siblings.slice(siblings.indexOf(element) + 1).map(({ dataset }) => dataset.ref);
    pattern.parts[element.dataset.ref] = { element, parent, next };
  }
  for (const element of optional) element.remove();
  patterns.set(name, pattern);
  return pattern;
}

/**
 * Makes the parent's children follow the items: new ones are created, all are updated, moved ones are moved.
 * @template T
 * @param {HTMLElement} parent
 * @param {T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => Desk.Clone} create
 * @param {(view: Desk.Clone, item: T) => void} update
 */
export function keyed(parent, items, keyOf, create, update) {
  const known = drawn.get(parent) ?? new Map();
  drawn.set(parent, known);
  const wanted = new Set(items.map(keyOf));
  for (const [key, view] of known) {
    if (wanted.has(key)) continue;
    view.node.remove();
    known.delete(key);
  }
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  let next = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const view = known.get(key) ?? create(item);
    known.set(key, view);
    update(view, item);
    if (next && view.node === next) next = next.nextElementSibling;
    else parent.insertBefore(view.node, next);
  }
  // a moved element loses the focus
  if (focused && focused !== document.activeElement && parent.contains(focused)) focused.focus({ preventScroll: true });
}

/**
 * Delegation: `<button data-action="retry">` inside the root calls `actions.retry(button)`.
 * @param {HTMLElement} root
 * @param {Record<string, (element: HTMLElement, event: Event) => void>} actions
 * @param {AbortSignal} signal
 */
export function onAction(root, actions, signal) {
  root.addEventListener("click", (event) => {
    const element = /** @type {Element} */ (event.target).closest("[data-action]");
    if (!(element instanceof HTMLElement) || !root.contains(element)) return;
    actions[element.dataset.action ?? ""]?.(element, event);
  }, { signal });
}

/** Writes only what differs, so that a screen reader and the layout are left alone. @param {any} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Says it to those who listen to the page instead of looking. @param {string} text @param {"polite" | "assertive"} [how] */
export function say(text, how = "polite") {
  const place = byId(`live-${how}`);
  // the same once more is news only where it differs
  place.textContent = place.textContent === text ? `${text}\u00a0` : text;
}

/** A short notice over the page, gone after some seconds; the next one takes its place. @param {string} text */
export function toast(text) {
  const { node, refs } = clone("toast");
  refs.text.textContent = text;
  byId("toast").replaceChildren(node);
  say(text);
  setTimeout(() => node.remove(), 5_000);
}

/** Whether Enter sends: a keyboard and a mouse, not a thumb on glass. */
export const hasKeyboard = () => matchMedia("(hover: hover) and (pointer: fine)").matches;
