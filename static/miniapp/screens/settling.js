// @ts-check
/** A colleague was faster: shows their answer, and asks what becomes of one's own. Loaded with the first such conflict. */
import { askConflict } from "../ui/conflict.js";
import { drop, jobOf, sendOnceMore } from "./on-their-way.js";

/** @param {string} id of the job @param {Desk.Conversation} conversation @param {AbortSignal} signal */
export async function settle(id, { id: ticket, thread }, signal) {
  const job = jobOf(ticket, id);
  if (job?.error !== "stale") return;
  const choice = await askConflict(job.text, thread.messages.get(job.faster ?? "") ?? null, signal);
  if (choice === "anyway") sendOnceMore(id, { expected_sequence: null });
  else if (choice === "note") sendOnceMore(id, { expected_sequence: null, internal: true, afterwards: undefined });
  else if (choice === "discard") drop(id);
}
