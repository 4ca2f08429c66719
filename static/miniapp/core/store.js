// @ts-check
/** Topics: state lives in Maps of the data modules; views watch a topic and are drawn once per frame. And modules that do not arrive. */

/** @type {Map<string, Set<() => void>>} */
const watchers = new Map();
/** @type {Set<string>} */
let touched = new Set();
let scheduled = false;

const onNextFrame = typeof requestAnimationFrame === "function"
  ? requestAnimationFrame
  : (/** @type {() => void} */ run) => setTimeout(run, 0);

/**
 * Calls `run` in the frame after the topic was touched, until the signal aborts.
 * @param {string} topic
 * @param {() => void} run
 * @param {AbortSignal} [signal]
 */
export function watch(topic, run, signal) {
  const group = watchers.get(topic) ?? new Set();
  watchers.set(topic, group.add(run));
  signal?.addEventListener("abort", () => group.delete(run), { once: true });
}

/** @param {string} topic */
export function touch(topic) {
  touched.add(topic);
  if (scheduled) return;
  scheduled = true;
  onNextFrame(flush);
}

/** Draws at once what waits for the next frame. */
function flush() {
  const topics = touched;
  touched = new Set();
  scheduled = false;
  /** @type {Set<() => void>} */
  const due = new Set();
  for (const topic of topics) for (const run of watchers.get(topic) ?? []) due.add(run);
  for (const run of due) run();
}

/** Whether this is the error of a module that did not arrive, in the words of the three engines; any other is the program's own. @param {unknown} error */
export const isLost = (error) => error instanceof TypeError && /\bmodule\b/.test(error.message);

/** What the coming of a module is caught with: null for what did not arrive; an error of the program's own is told, and is null too. @param {unknown} error */
export const orTell = (error) => (isLost(error) || reportError(error), null);
