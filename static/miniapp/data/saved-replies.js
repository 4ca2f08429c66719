// @ts-check
/** Saved replies, filled for a ticket, with what they bring along. Loaded with the first use. */
import { request } from "./api.js";
import { fileUrl } from "./session.js";

/** @param {string} ticket @returns {Promise<Desk.SavedReply[]>} */
export async function loadReplies(ticket) {
  const { results } = await request("GET", `saved-replies/?ticket=${ticket}`);
  return results.map((/** @type {Desk.SavedReply} */ reply) => ({ ...reply, pick: () => reply.files.map(pick) }));
}

/** A saved reply's file as one that was picked: its copy is made when the message is sent. @param {Desk.Attachment} file @returns {Desk.JobFile} */
function pick({ id, name, size, content_type, thumbnail_url }) {
  const preview = thumbnail_url ? fileUrl(thumbnail_url) : "";
  return {
    key: crypto.randomUUID(),
    name,
    size,
    content_type,
    file: null,
    saved: id,
    attachment: null,
    progress: 0,
    preview,
  };
}
