// @ts-check
/** The pages of a conversation above its newest one. Comes beside the conversation. */
import { touch } from "../core/store.js";
import { request } from "./api.js";

/** One page further back; after a failure only once screens/older.js has taken it back. @param {Desk.Conversation} conversation */
export async function loadOlder(conversation) {
  if (!conversation.older || conversation.loadingOlder || conversation.olderError) return;
  conversation.loadingOlder = true;
  const url = conversation.older;
  try {
    const page = await request("GET", url);
    if (conversation.older === url && conversation.thread.loadOlder(page.results, page.sequence)) {
      conversation.older = page.previous;
    }
  } catch (error) {
    conversation.olderError = /** @type {Desk.ApiError} */ (error);
  }
  conversation.loadingOlder = false;
  touch(`thread:${conversation.id}`);
}
