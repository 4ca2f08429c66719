// @ts-check
/** Sending a new ticket, so that it is opened once, whatever becomes of the answers. Loaded with its form. */
import { categoryName } from "../core/categories.js";
import { t } from "../core/i18n.js";
import { inTab } from "../core/storage.js";
import { ApiError, request } from "../data/api.js";
import { session } from "../data/session.js";
import { beginReply } from "./beginning.js";

const RETRY_MS = [1_000, 4_000];
/** A longer wait is the person's: the form says why. */
const LONGEST_MS = 10_000;
/** The key of this tab's last try, while its answer is not known. */
const TRIED = "desk.tried";

/**
 * The same words of a form go out under the same key, after a reload and from another tab too; other words are another
 * ticket, unless this tab's own last try has come through without an answer. What its ticket does not hold then, and
 * files that are picked meanwhile, stand there as a reply that is begun. Raises ApiError.
 * @param {string} seed of the form @param {Record<string, string>} values @param {Desk.Picker} picker
 * @returns {Promise<{ticket: Desk.Ticket, told: string}>} what became of it, in words
 */
export async function openTicket(seed, values, picker) {
  const { category, subject, text } = values;
  const id = await keyOf(JSON.stringify([seed, category, subject, text]));
  const tried = inTab.get(TRIED);
  const earlier = tried && tried !== id && await find(tried);
  if (earlier && earlier.status !== "closed") return goOn(earlier, values, picker);
  inTab.set(TRIED, id);
  const attachments = picker.files.map((file) => file.attachment?.id);
  const body = { id, subject, text, category: category || null, attachments };
  for (let tries = 0;; tries++) {
    try {
      const ticket = await request("POST", "tickets/", { body });
      beginReply(id, "", picker.files.filter((file) => !attachments.includes(file.attachment?.id)));
      return end(ticket, t("created"));
    } catch (error) {
      const known = error instanceof ApiError ? error : new ApiError(0);
      // those words are there, with other files
      const there = known.code === "key_reused" && await find(id);
      if (there) return goOn(there, values, picker);
      if (!known.isPassing) inTab.set(TRIED, null);
      const wait = Math.max(RETRY_MS[tries] ?? Infinity, 1000 * known.retryAfter);
      if (!known.isPassing || wait > LONGEST_MS) throw known;
      await new Promise((resume) => setTimeout(resume, wait));
    }
  }
}

/** What a ticket that was there already does not hold is begun in it. @param {Desk.Ticket} ticket @param {Record<string, string>} values @param {Desk.Picker} picker */
async function goOn(ticket, { category, subject, text }, { files }) {
  /** @type {{results: Desk.Message[]}} */
  const { results } = await request("GET", `tickets/${ticket.id}/messages/`);
  const has = [ticket.subject, ...results.flatMap((one) => [one.text, ...one.attachments.map(({ id }) => id)])];
  const words = [meant(ticket, category), subject, text].filter((one) => one && !has.includes(one)).join("\n\n");
  const rest = files.filter(({ attachment }) => !has.includes(attachment?.id ?? ""));
  beginReply(ticket.id, words, rest);
  return end(ticket, t(words || rest.length ? "already_created_less" : "already_created"));
}

/** A category is the desk's to change: the customer can say which one it should be. @param {Desk.Ticket} ticket @param {string} chosen */
function meant(ticket, chosen) {
  const category = session.config.categories.find(({ id }) => id === chosen && id !== ticket.category?.id);
  return category ? t("category_meant", { name: categoryName(category) }) : "";
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
