// @ts-check
/**
 * The other tabs of this person in this browser: what they write and send shows here, what is done here is told there,
 * and what one of them had still to send is taken over once it is gone. A tab holds a Web Lock as long as it lives; where a browser has none, a page takes over
 * what it finds when it starts.
 */
import { inBrowser } from "../core/storage.js";
import { touch } from "../core/store.js";
import { DRAFTS } from "./drafts.js";
import { lockOf } from "./outbox.js";
import { session } from "./session.js";

/** The tabs whose end is waited for. @type {Set<string>} */
const watched = new Set();

/** What other tabs have still to send, by its id. @type {Map<string, Desk.Job>} */
export const elsewhere = new Map();
/** @type {Map<string, (said: any) => void>} */
const listeners = new Map();
/** @type {BroadcastChannel | null} */
let channel = null;

/** To all tabs of this person; null where a browser has none, or denies it to a frame. */
function open() {
  if (channel || !("BroadcastChannel" in self)) return channel;
  try {
    channel = new BroadcastChannel(`desk.${session.me.id}`);
  } catch {
    return null;
  }
  channel.onmessage = ({ data }) => listeners.get(data.what)?.(data.said);
  return channel;
}

/** Tells the other tabs something. @param {string} what @param {any} said */
export const tell = (what, said) => open()?.postMessage({ what, said });

/** What the other tabs tell of it. @param {string} what @param {(said: any) => void} run */
export function onTold(what, run) {
  listeners.set(what, run);
  open();
}

/** In the order of sending. @param {string} ticket */
export const jobsElsewhere = (ticket) => inOrder([...elsewhere.values()].filter((job) => job.ticket === ticket));

/**
 * From now on.
 * @param {string} page this tab's own name
 * @param {string} prefix of the keys under which jobs are kept
 * @param {Map<string, Desk.Job>} jobs this tab's, in the order of sending
 * @param {{takeUp: (job: Desk.Job) => void, retry: (id: string, change: Partial<Desk.Job>) => void, discard: (id: string) => void}} outbox
 *   `takeUp` saves and sends one that another tab left
 */
export function followTabs(page, prefix, jobs, { takeUp, retry, discard }) {
  const take = (/** @type {string} */ owner) => {
    const left = jobsOf(owner, prefix).map((job) => ({ ...taken(job), page }));
    const own = [...jobs.values()];
    jobs.clear();
    for (const job of [...left, ...own]) jobs.set(job.id, job);
    for (const { id } of left) elsewhere.delete(id);
    left.forEach(takeUp);
  };
  const note = (/** @type {string} */ key) => {
    const id = key.slice(prefix.length);
    const job = inBrowser.get(key);
    const before = elsewhere.get(id);
    elsewhere.delete(id);
    if (job && job.page !== page) {
      elsewhere.set(id, job);
      waitFor(job.page ?? "", take);
    }
    for (const one of [before, job]) if (one) touch(`thread:${one.ticket}`);
    touch("unsent");
  };
  inBrowser.keys(prefix).forEach(note);
  onTold("job", ({ id, change }) => {
    if (!jobs.has(id)) return;
    if (change) retry(id, change);
    else discard(id);
  });
  const redraw = () => {
    touch("tickets");
    touch("drafts");
  };
  addEventListener("storage", ({ key }) => {
    if (key?.startsWith(prefix)) note(key);
    if (key?.startsWith(`${DRAFTS}${session.me.id}.`)) redraw();
  });
  redraw(); // what they wrote while this module came
  touch("unsent");
}

/** The first tab that gets the lock of one that is gone takes all that it left; the others find nothing. @param {string} owner @param {(owner: string) => void} take */
function waitFor(owner, take) {
  if (watched.has(owner)) return;
  watched.add(owner);
  const end = () => {
    watched.delete(owner);
    take(owner);
  };
  if (navigator.locks) navigator.locks.request(lockOf(owner), end).catch(end);
  else end();
}

/** @param {string} owner @param {string} prefix */
const jobsOf = (owner, prefix) =>
  inOrder(inBrowser.keys(prefix).map((key) => inBrowser.get(key)).filter((job) => job && (job.page ?? "") === owner));

/** Of sending: the browser keeps none. @param {Desk.Job[]} jobs */
const inOrder = (jobs) => jobs.sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at));

/** A file that was not up yet went with its page; what failed for want of a server, or of a sign-in, goes out. @param {Desk.Job} job @returns {Desk.Job} */
function taken(job) {
  if (job.files.some((file) => !file.attachment && !file.saved)) {
    return { ...job, state: "failed", error: "photo_lost", passing: false };
  }
  return { ...job, state: job.state === "failed" && !job.passing ? "failed" : "queued", tries: 0 };
}
