// @ts-check
/** Sending a new ticket, so that it is opened once, whatever becomes of the answers. Loaded with its form. */
import { t } from "../core/i18n.js";
import { inTab } from "../core/storage.js";
import { ApiError, request } from "../data/api.js";

const RETRY_MS = [1_000, 4_000];
/** The key of this tab's last try, while its answer is not known. */
const TRIED = "desk.tried";

/**
 * The same words of a form go out under the same key, after a reload and from another tab too; other words are another
 * ticket, unless this tab's own last try has come through without an answer. Raises ApiError.
 * @param {string} seed of the form @param {Record<string, string>} values @param {(string | undefined)[]} attachments
 * @returns {Promise<{ticket: Desk.Ticket, told: string}>} what became of it, in words
 */
export async function openTicket(seed, { category, subject, text }, attachments) {
  const id = await keyOf(JSON.stringify([seed, category, subject, text]));
  const tried = inTab.get(TRIED);
  const earlier = tried && tried !== id && await find(tried);
  if (earlier) return end(earlier, t("already_created"));
  inTab.set(TRIED, id);
  const body = { id, subject, text, category: category || null, attachments };
  for (let tries = 0;; tries++) {
    try {
      return end(await request("POST", "tickets/", { body }), t("created"));
    } catch (error) {
      const known = error instanceof ApiError ? error : new ApiError(0);
      // those words are there, with other files: these went with their page
      const there = known.code === "key_reused" && await find(id);
      if (there) return end(there, t("already_created"));
      if (!known.isPassing) inTab.set(TRIED, null);
      if (!known.isPassing || tries >= RETRY_MS.length) throw known;
      await new Promise((resume) => setTimeout(resume, RETRY_MS[tries]));
    }
  }
}

/** @param {Desk.Ticket} ticket @param {string} told */
function end(ticket, told) {
  inTab.set(TRIED, null);
  return { ticket, told };
}

/** A 404 is an answer: it was never created. @param {string} id @returns {Promise<Desk.Ticket | null>} */
const find = (id) =>
  request("GET", `tickets/${id}/`).catch((error) => {
    if (error.status === 404) return null;
    throw error;
  });

/** A UUID that is always the same for a text. @param {string} text */
async function keyOf(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5");
}
