// @ts-check
/** The stylesheet of what comes with a press (styles/late.css). */
import { clone } from "../core/dom.js";

/** @type {Promise<void> | null} */
let coming = null;

/** Resolves once it is there, or cannot be had: then things are plain, and the next press asks again. */
export function lateStyles() {
  coming ??= new Promise((done) => {
    const { node } = clone("late-styles");
    node.addEventListener("load", () => done());
    node.addEventListener("error", () => {
      coming = null;
      node.remove();
      done();
    });
    document.head.append(node);
  });
  return coming;
}
