// @ts-check
/** What becomes of a message that the desk did not take. Loaded with the first such answer. */
import { sizeOf, t } from "../core/i18n.js";
import { touch } from "../core/store.js";
import { isStaff, session } from "./session.js";
import { noticeSequence } from "./threads.js";
import { drop, fetchTicket } from "./tickets.js";

/** How the message changes; with another `ticket` it goes out there. @param {Desk.Job} job @param {Desk.ApiError} refusal @param {Partial<Desk.Job>} failed without this module @returns {Partial<Desk.Job>} */
export function changeOf(job, refusal, failed) {
  const { code, data, message, status } = refusal;
  // its ticket, or something that it names
  if (status === 404) fetchTicket(job.ticket).catch((error) => error.status === 404 && drop(job.ticket));
  if (code === "stale") {
    noticeSequence(job.ticket, data.sequence);
    return { ...failed, error: code, faster: data.message };
  }
  // the ticket goes on in another one; an agent's answer stays, because another conversation stands there
  if (code === "ticket_merged") {
    fetchTicket(job.ticket).catch(() => {}); // without it the socket brings it
    if (isStaff() && !job.internal) return { ...failed, error: code };
    touch(`thread:${job.ticket}`);
    return { ticket: data.ticket };
  }
  return { ...failed, error: code !== "ticket_closed" && message || wordsOf(job, code) };
}

/** What has its own words keeps its code: they are shown in the language of that moment (ui/bubble.js). @param {Desk.Job} job @param {string} code */
function wordsOf({ files }, code) {
  if (code !== "file_too_large") return code;
  const name = files.find(({ attachment }) => !attachment)?.name ?? "";
  return t(`error_${code}`, { name, size: sizeOf(session.config.limits.file_size) });
}
