// @ts-check
/** The few things that every view does with the page. Text goes in by textContent only. */

/** Remembers by key what `keyed` has drawn into a parent. @type {WeakMap<Element, Map<string, Desk.Clone>>} */
const drawn = new WeakMap();

/** @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id);

/**
 * A copy of `<template id="tpl-NAME">`; `refs` are its elements by their data-ref.
 * @param {string} name
 * @returns {Desk.Clone}
 */
export function clone(name) {
  const node = byId(`tpl-${name}`).content.firstElementChild.cloneNode(true);
  /** @type {Record<string, any>} */
  const refs = {};
  for (const element of [node, ...node.querySelectorAll("[data-ref]")]) refs[element.dataset.ref ?? ""] = element;
  return { node, refs };
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
  byId(`live-${how}`).textContent = text;
}

/** A short notice over the page, gone after `seconds`. @param {string} text @param {number} [seconds] */
export function toast(text, seconds = 5) {
  const { node, refs } = clone("toast");
  refs.text.textContent = text;
  byId("toasts").replaceChildren(node);
  say(text);
  setTimeout(() => node.remove(), seconds * 1000);
}

/** Whether Enter sends: a keyboard and a mouse, not a thumb on glass. */
export const hasKeyboard = () => matchMedia("(hover: hover) and (pointer: fine)").matches;
