// @ts-check
/**
 * A colleague was faster: shows their answer, and asks what becomes of one's own. Closing the sheet decides nothing.
 * Several are asked about one after the other, the first that was sent first. Loaded with the first such conflict.
 */
import { watch } from "../core/store.js";
import { jobsOf } from "../data/outbox.js";
import { askConflict } from "../ui/conflict.js";
import { drop, jobOf, sendOnceMore } from "./on-their-way.js";

/** Visits in which a sheet is open. @type {WeakSet<AbortSignal>} */
const asking = new WeakSet();
/** What waits behind a conflict and was asked about with it, by visit. @type {WeakMap<AbortSignal, Set<string>>} */
const known = new WeakMap();

/** @param {string} id of the job @param {Desk.Conversation} conversation @param {AbortSignal} signal */
export async function settle(id, conversation, signal) {
  followWaiting(conversation, signal);
  if (asking.has(signal)) return;
  asking.add(signal);
  try {
    const own = jobsOf(conversation.id).some((job) => job.id === id);
    if (!own) return void await ask(jobOf(conversation.id, id), conversation, signal); // another tab's
    while (!signal.aborted && await ask(firstOf(conversation.id), conversation, signal));
  } finally {
    asking.delete(signal);
  }
}

/** The first answer that waits for a decision. @param {string} ticket */
const firstOf = (ticket) => jobsOf(ticket).find(({ state, error }) => state === "failed" && error === "stale");

/** True once it is decided. @param {Desk.Job | undefined} job @param {Desk.Conversation} conversation @param {AbortSignal} signal */
async function ask(job, { thread }, signal) {
  if (job?.error !== "stale") return false;
  const { id } = job;
  const choice = await askConflict(job, thread.messages.get(job.faster ?? "") ?? null, signal);
  if (choice === "anyway") sendOnceMore(id, { expected_sequence: null });
  else if (choice === "note") sendOnceMore(id, { expected_sequence: null, internal: true, afterwards: undefined });
  else if (choice === "discard") drop(id);
  return choice !== "";
}

/** What is sent behind it waits (data/outbox.js), so each such answer asks again. @param {Desk.Conversation} conversation @param {AbortSignal} signal */
function followWaiting(conversation, signal) {
  if (known.has(signal)) return;
  const before = new Set(waitingIn(conversation.id));
  known.set(signal, before);
  watch(`thread:${conversation.id}`, () => {
    const fresh = waitingIn(conversation.id).filter((id) => !before.has(id));
    for (const id of fresh) before.add(id);
    const first = firstOf(conversation.id);
    if (fresh.length && first) settle(first.id, conversation, signal);
  }, signal);
}

/** @param {string} ticket */
function waitingIn(ticket) {
  const jobs = jobsOf(ticket);
  const first = firstOf(ticket);
  const behind = first ? jobs.slice(jobs.indexOf(first)) : [];
  return behind.filter(({ state, internal }) => state === "queued" && !internal).map(({ id }) => id);
}
