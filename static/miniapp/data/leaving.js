// @ts-check
/** Whoever leaves the page may close it: what could still be called back goes out. Comes after the first picture. */
import { isVisible, onVisibility } from "../core/telegram.js";
import { jobs, post, update, wake } from "./outbox.js";

/** From now on. */
export function sendOnLeaving() {
  onVisibility(() => isVisible() || hurry());
  addEventListener("pagehide", () => {
    sendAtOnce();
    hurry(); // some engines tell of this event alone
  });
}

const isHeld = (/** @type {Desk.Job} */ { due = 0 }) => due > Date.now();

function hurry() {
  const held = [...jobs.values()].filter(isHeld);
  for (const job of held) job.due = 0;
  if (held.length) wake();
}

/** A frame that is taken away runs nothing after its last event. The first of each queue goes: those behind could overtake it. */
function sendAtOnce() {
  /** @type {Set<string>} */
  const begun = new Set();
  for (const job of jobs.values()) {
    if (begun.has(job.ticket) || (job.state === "failed" && !job.passing && job.error !== "stale")) continue;
    begun.add(job.ticket);
    if (!isHeld(job) || !job.files.every((file) => file.attachment)) continue;
    update(job, { due: 0, state: "sending" }); // the next page asks once more, at once and under the same key
    post(job).catch(() => {});
  }
}
