// @ts-check
/**
 * The other tabs of this person in this browser: what they write shows here, and what one of them had still to send is
 * taken over once it is gone. A tab holds a Web Lock as long as it lives; where a browser has none, a page takes over
 * what it finds when it starts.
 */
import { inBrowser } from "../core/storage.js";
import { touch } from "../core/store.js";
import { DRAFTS } from "./drafts.js";
import { session } from "./session.js";

const lockOf = (/** @type {string} */ page) => `desk.page.${page}`;
/** The tabs whose end is waited for. @type {Set<string>} */
const watched = new Set();

/**
 * From now on.
 * @param {string} page this tab's own name
 * @param {string} prefix of the keys under which jobs are kept
 * @param {Map<string, Desk.Job>} jobs this tab's, in the order of sending
 * @param {(job: Desk.Job) => void} takeUp saves and sends one that another tab left
 */
export function followTabs(page, prefix, jobs, takeUp) {
  const take = (/** @type {string} */ owner) => {
    const left = jobsOf(owner, prefix).map((job) => ({ ...taken(job), page }));
    const own = [...jobs.values()];
    jobs.clear();
    for (const job of [...left, ...own]) jobs.set(job.id, job);
    left.forEach(takeUp);
  };
  const watchOwner = (/** @type {string} */ key) => {
    const job = inBrowser.get(key);
    if (job && job.page !== page) waitFor(job.page ?? "", take);
  };
  navigator.locks?.request(lockOf(page), () => new Promise(() => {})); // until this page is gone
  inBrowser.keys(prefix).forEach(watchOwner);
  addEventListener("storage", ({ key }) => {
    if (key?.startsWith(prefix)) watchOwner(key);
    if (!key?.startsWith(`${DRAFTS}${session.me.id}.`)) return;
    touch("tickets");
    touch("drafts");
  });
}

/** The first tab that gets the lock of one that is gone takes all that it left; the others find nothing. @param {string} owner @param {(owner: string) => void} take */
function waitFor(owner, take) {
  if (watched.has(owner)) return;
  watched.add(owner);
  const end = () => {
    watched.delete(owner);
    take(owner);
  };
  if (navigator.locks) navigator.locks.request(lockOf(owner), end);
  else end();
}

/** In the order of sending: the browser keeps none. @param {string} owner @param {string} prefix @returns {Desk.Job[]} */
const jobsOf = (owner, prefix) =>
  inBrowser.keys(prefix).map((key) => inBrowser.get(key)).filter((job) => job && (job.page ?? "") === owner)
    .sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at));

/** A file that was not up yet went with its page. @param {Desk.Job} job @returns {Desk.Job} */
function taken(job) {
  if (job.files.some((file) => !file.attachment && !file.saved)) {
    return { ...job, state: "failed", error: "photo_lost", passing: false };
  }
  return { ...job, state: job.state === "failed" ? "failed" : "queued", tries: 0 };
}
