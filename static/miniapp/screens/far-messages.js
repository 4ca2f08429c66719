// @ts-check
/** The way to a message that is perhaps some pages back. */
import { watch } from "../core/store.js";
import { loadOlder } from "../data/threads.js";

const MOST_PAGES = 25;

/**
 * @typedef {{goTo: (id: string) => boolean, conversation: () => Desk.Conversation | null, redraw: () => void}} Owner
 *   `goTo`: false where the message is not loaded
 */

/** @param {string} id @param {Owner} owner @param {AbortSignal} signal */
export async function goTo(id, owner, signal) {
  const conversation = owner.conversation();
  for (let page = 0; conversation && page < MOST_PAGES && !owner.goTo(id); page++) {
    while (conversation.loadingOlder) await nextTouch(`thread:${conversation.id}`);
    const { older } = conversation;
    if (!older || signal.aborted) return;
    conversation.olderError = null; // whoever presses has waited
    await loadOlder(conversation);
    owner.redraw();
    if (conversation.older === older) return; // the network does not answer
  }
}

/** @param {string} topic */
function nextTouch(topic) {
  const once = new AbortController();
  return new Promise((/** @type {(value?: unknown) => void} */ resume) => {
    watch(topic, () => {
      once.abort();
      resume();
    }, once.signal);
  });
}
