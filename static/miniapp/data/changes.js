// @ts-check
/** What was changed of a ticket besides writing, as far back as its messages are loaded; asked again when an event says so. */
import { touch } from "../core/store.js";
import { request } from "./api.js";

/**
 * `to`: known up to this sequence; `older`: the address of what lies before; `mark`: what the conversation knew of its
 * ticket when it was asked last.
 * @typedef {{lines: Map<number, Desk.Change>, to: number, older: string | null, mark: unknown[], asking: boolean}} Known
 */

/** @type {WeakMap<Desk.Conversation, Known>} */
const known = new WeakMap();

/** Those that belong between the loaded messages; what is missing of them is asked for. @param {Desk.Conversation} conversation */
export function changesOf(conversation) {
  const { id, thread } = conversation;
  const here = known.get(conversation) ?? { lines: new Map(), to: -1, older: null, mark: [], asking: false };
  known.set(conversation, here);
  const since = conversation.older ? Math.min(...[...thread.messages.values()].map(({ sequence }) => sequence)) : 0;
  const lines = [...here.lines.values()].sort((a, b) => a.sequence - b.sequence);
  const mark = [thread.ticket, thread.since];
  const fresh = mark.every((one, at) => one === here.mark[at]);
  if (here.to < 0) ask(id, here, `tickets/${id}/changes/`, mark);
  else if (!fresh) ask(id, here, `tickets/${id}/changes/?after=${here.to}`, mark);
  else if (here.older && lines[0].sequence > since) ask(id, here, here.older, null);
  return lines.filter(({ sequence }) => sequence > since);
}

/** One question at a time; where no answer comes, the next drawing asks again. @param {string} id @param {Known} here @param {string} address @param {unknown[] | null} mark null: of what is older */
async function ask(id, here, address, mark) {
  if (here.asking) return;
  here.asking = true;
  try {
    const { results, next, previous, sequence } = await request("GET", address);
    for (const change of results) here.lines.set(change.sequence, change);
    if (here.to < 0 || !mark) here.older = previous;
    if (mark) here.to = next ? results.at(-1).sequence : sequence;
    if (mark && !next) here.mark = mark;
    touch(`thread:${id}`);
  } catch { /* see above */ }
  here.asking = false;
}
