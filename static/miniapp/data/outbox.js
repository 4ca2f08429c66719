// @ts-check
/**
 * What this person has sent and the server does not have yet. One queue per ticket, kept over reloads, sent in order and
 * again under the same key: a lost answer never doubles a message. After the last try it waits for the person or the server.
 */
import { inBrowser } from "../core/storage.js";
import { orTell, touch } from "../core/store.js";
import { ApiError, request } from "./api.js";
import { session } from "./session.js";
import { onFrame } from "./socket.js";
import { acknowledge, isConfirmed } from "./threads.js";

const RETRY_MS = [1_000, 4_000, 15_000];
const PREFIX = "desk.outbox.";
/** This page's name: as long as it lives, nobody else sends what it has to send. */
export const page = crypto.randomUUID();

/** @type {Map<string, Desk.Job>} */
export const jobs = new Map();
/** Tickets whose queue is being sent. @type {Set<string>} */
const running = new Set();
/** Ends a wait between two tries. @type {Set<() => void>} */
const waits = new Set();
/** @type {Map<string, AbortController>} */
export const uploads = new Map();

export const storageKey = (/** @type {string} */ id) => `${PREFIX}${session.me.id}.${id}`;

/** A page's lock, as long as it lives. @param {string} name */
export const lockOf = (name) => `desk.page.${name}`;

/** @type {() => Promise<{finish: Finish}>} */
let afterwards;

/**
 * Takes up what the socket confirms; data/resending.js does the rest.
 * @typedef {(job: Desk.Job, sequence: number) => Promise<void>} Finish
 * @param {() => Promise<{finish: Finish}>} load what else is done with a job whose message has arrived as this sequence; where it rejects, all is tried again
 */
export function startOutbox(load) {
  afterwards = load;
  // before anything is kept that another tab may see; a frame without storage is denied it
  navigator.locks?.request(lockOf(page), () => new Promise(() => {})).catch(() => {});
  addEventListener("online", wake);
  onFrame("live", () => {
    revive();
    wake();
  });
  onFrame("message_new", ({ data: { id } }) => {
    const job = jobs.get(id);
    if (!job || job.afterwards) return;
    forget(id);
    run(job.ticket); // what stood behind it
  });
}

/**
 * Queues a message; it is on the screen at once.
 * @param {{ticket: string, text: string, internal: boolean, reply_to?: string | null, files?: Desk.JobFile[], expected_sequence?: number | null, hold?: number}} draft
 *   `hold`: seconds in which it can be called back
 */
export function sendMessage(
  { ticket, text, internal, reply_to = null, files = [], expected_sequence = null, hold = 0 },
) {
  /** @type {Desk.Job} */
  const job = {
    id: crypto.randomUUID(),
    page,
    ticket,
    text,
    internal,
    reply_to,
    expected_sequence,
    files,
    created_at: new Date().toISOString(),
    state: "queued",
    tries: 0,
    error: "",
    due: hold && Date.now() + hold * 1000,
  };
  jobs.set(job.id, job);
  save(job);
  revive(ticket);
  run(ticket);
  return job;
}

/** In the order of sending. @param {string} ticket */
export const jobsOf = (ticket) => [...jobs.values()].filter((job) => job.ticket === ticket);

/** @param {string} id */
export function forget(id) {
  const job = jobs.get(id);
  jobs.delete(id);
  inBrowser.set(storageKey(id), null);
  if (job) changed(job);
}

/** @param {Desk.Job} job @param {Partial<Desk.Job>} change */
export function update(job, change) {
  Object.assign(job, change);
  if (jobs.has(job.id)) save(job);
}

/** @param {Desk.Job} job */
export function save(job) {
  const files = job.files.map(({ file: _file, preview: _preview, ...kept }) => kept);
  inBrowser.set(storageKey(job.id), { ...job, files });
  changed(job);
}

/** @param {Desk.Job} job */
function changed({ ticket }) {
  touch(`thread:${ticket}`);
  touch("unsent");
}

/** @param {string} ticket */
export async function run(ticket) {
  if (running.has(ticket)) return;
  running.add(ticket);
  for (let job; (job = nextOf(ticket));) await deliver(job);
  running.delete(ticket);
}

/**
 * What was refused is passed by; what failed for want of a server keeps its place, and nothing overtakes it. So does an
 * answer to which a colleague was faster until it is decided about, but notes pass it.
 * @param {string} ticket
 */
function nextOf(ticket) {
  let undecided = false;
  for (const job of jobsOf(ticket)) {
    if (job.state === "failed") {
      if (job.passing) return;
      undecided ||= job.error === "stale";
    } else if (!undecided || job.internal) return job;
  }
}

/** Ends with the job sent, discarded or failed. @param {Desk.Job} job */
async function deliver(job) {
  while (jobs.has(job.id)) {
    if (!job.afterwards && isConfirmed(job.ticket, job.id)) return forget(job.id);
    const left = (job.due ?? 0) - Date.now();
    if (left > 0) {
      await pause(left);
      continue;
    }
    try {
      await uploadFiles(job);
      if (!jobs.has(job.id)) return;
      update(job, { state: "sending" });
      const message = await post(job);
      acknowledge(message);
      if (job.afterwards) await (await afterwards()).finish(job, message.sequence);
      return forget(job.id);
    } catch (error) {
      if (!jobs.has(job.id)) return;
      if (!(await waitOrFail(job, error))) return;
    }
  }
}

/** Asked for within the call itself. @param {Desk.Job} job @returns {Promise<Desk.Message>} */
export function post({ id, ticket, text, files, internal, reply_to, expected_sequence }) {
  const attachments = files.map((file) => file.attachment?.id);
  const kind = files[0]?.kind;
  const body = { id, text, attachments, kind, internal, reply_to, expected_sequence };
  // what was begun when the page ends goes on; a browser takes 64 KiB of that
  return request("POST", `tickets/${ticket}/messages/`, { body, keepalive: text.length < 8e3 });
}

/** @param {Desk.Job} job */
async function uploadFiles(job) {
  const waiting = job.files.filter((file) => !file.attachment);
  if (!waiting.length) return;
  update(job, { state: "uploading" });
  const stop = new AbortController();
  uploads.set(job.id, stop);
  try {
    // comes with the first file; without a network the next try asks again
    const { upload } = await import("./uploads.js");
    for (const file of waiting) {
      await upload(file, () => touch(`thread:${job.ticket}`), stop.signal);
      save(job);
    }
  } finally {
    uploads.delete(job.id);
  }
}

/** Waits before the next try; false once there is none. @param {Desk.Job} job @param {unknown} error */
async function waitOrFail(job, error) {
  const known = error instanceof ApiError ? error : orTell(error) ?? new ApiError(0);
  const offline = known.status === 0 && !navigator.onLine;
  if (!known.isPassing || (!offline && job.tries >= RETRY_MS.length)) {
    /** @type {Partial<Desk.Job>} */
    const failed = {
      state: "failed",
      error: known.message || known.code,
      passing: known.isPassing || known.status === 401, // once somebody is signed in again it goes out by itself
    };
    const { changeOf } = known.isPassing ? {} : await import("./refusals.js").catch(orTell) ?? {};
    update(job, changeOf?.(job, known, failed) ?? failed);
    run(job.ticket);
    return false;
  }
  update(job, { state: "queued" });
  const wait = Math.max(RETRY_MS[job.tries] ?? 0, 1000 * known.retryAfter);
  // without a network nothing is tried, so no try is used up: `online` wakes us
  if (!offline) job.tries++;
  await pause(offline ? 60_000 : wait);
  return true;
}

/** @param {number} wait milliseconds */
function pause(wait) {
  return new Promise((/** @type {(value?: unknown) => void} */ resume) => {
    const end = () => {
      clearTimeout(timer);
      waits.delete(end);
      resume();
    };
    const timer = setTimeout(end, wait);
    waits.add(end);
  });
}

/** The network is back: what waits goes out now. */
export function wake() {
  for (const end of [...waits]) end();
}

/** What failed without the server goes out too: it is back, or something is sent behind it. @param {string} [only] a ticket */
export function revive(only) {
  for (const job of jobs.values()) {
    if (job.state === "failed" && job.passing && job.ticket === (only ?? job.ticket)) {
      update(job, { state: "queued", tries: 0 });
      run(job.ticket);
    }
  }
}
