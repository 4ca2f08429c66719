// @ts-check
/** What is done with what is on its way besides sending it: taken over, tried again, discarded. Comes right after the outbox. */
import { followTabs } from "./other-tabs.js";
import { forget, jobs, page, run, save, storageKey, update, uploads } from "./outbox.js";

/** Takes up what an earlier page left. */
export function startResending() {
  const takeUp = (/** @type {Desk.Job} */ job) => {
    expectKnown(job);
    save(job);
    run(job.ticket);
  };
  followTabs(page, storageKey(""), jobs, { takeUp, retry, discard });
}

/** Sends a failed message once more, under the same key; perhaps in another way. @param {string} id @param {Partial<Desk.Job>} [change] */
export function retry(id, change) {
  const job = jobs.get(id);
  if (!job || job.state !== "failed") return;
  job.files = job.files.filter((file) => file.attachment || file.file || file.saved);
  if (!job.passing && job.error !== "stale") { // behind what was sent meanwhile; an answer that was decided about was waited for
    jobs.delete(id);
    jobs.set(id, job);
  }
  expectKnown(job);
  update(job, { ...change, state: "queued", tries: 0, error: "" });
  run(job.ticket);
}

/** Before its conversation had loaded an earlier version expected -1, which the desk refuses. @param {Desk.Job} job */
function expectKnown(job) {
  if ((job.expected_sequence ?? 0) < 0) job.expected_sequence = null;
}

/** @param {string} id */
export function discard(id) {
  uploads.get(id)?.abort();
  const ticket = jobs.get(id)?.ticket;
  forget(id);
  if (ticket) run(ticket);
}
