// @ts-check
/**
 * A part of a conversation that stands far above its newest messages, between the two what has not been loaded. The
 * thread keeps both parts, so events reach both; `Thread.before` says which one is shown. Pure, as the thread.
 */

/** @typedef {Desk.Conversation["thread"]} Thread */
/** @typedef {{results: Desk.Message[], next: string | null, sequence: number}} Page in the order of the messages, as of `sequence` */

/** Whether such a part is shown. @param {Thread} thread */
export const isFar = (thread) => thread.before < Infinity;

/** All that is known, in the server's order, shown or not. @param {Thread} thread */
export const allOf = ({ messages }) => [...messages.values()].sort((a, b) => a.sequence - b.sequence);

/** The sequence at which the newest part begins: what came after the snapshot comes by events. @param {Thread} thread */
export const beginOfNewest = (thread) =>
  isFar(thread) ? thread.before : Math.min(allOf(thread)[0]?.sequence ?? Infinity, thread.since + 1);

/**
 * Shows a page from above the newest part instead of it, or before it where the two touch. False, and nothing is shown,
 * if it was read too early (`Thread.loadOlder`). @param {Thread} thread @param {Page} page
 */
export function showPart(thread, page) {
  const begin = beginOfNewest(thread);
  if (!take(thread, page, begin)) return false;
  if (!touches(page, begin)) thread.before = begin;
  return true;
}

/** The page that follows the shown part: the last one joins it to the newest. False as above. @param {Thread} thread @param {Page} page */
export function addNewer(thread, page) {
  const begin = thread.before;
  if (!take(thread, page, begin)) return false;
  if (touches(page, begin)) thread.before = Infinity;
  return true;
}

/** Back to the newest part. What happened to the other one is on no list from now on: its pages must be read anew. @param {Thread} thread */
export function leavePart(thread) {
  if (!isFar(thread)) return;
  for (const [id, { sequence }] of thread.messages) if (sequence < thread.before) thread.messages.delete(id);
  thread.before = Infinity;
  thread.since = thread.sequence;
}

/** The newest part has what it has by events already. @param {Thread} thread @param {Page} page @param {number} begin */
function take(thread, { results, sequence }, begin) {
  return thread.loadOlder(results.filter((message) => message.sequence < begin), sequence);
}

/** @param {Page} page @param {number} begin of the newest part */
const touches = ({ results, next }, begin) => !next || (results.at(-1)?.sequence ?? Infinity) >= begin;
