// @ts-check
/** What is begun in one place and goes on in another. */
import { draft, saveDraft } from "../data/drafts.js";
import { addFiles, picked, pickedIn } from "./picked-files.js";

/** Begins a reply, behind what is begun there. @param {string} ticket @param {string} text @param {Desk.JobFile[]} files */
export function beginReply(ticket, text, files) {
  const name = `${ticket}.reply`;
  if (text) saveDraft(name, [draft(name), text].filter(Boolean).join("\n\n"));
  addFiles(ticket, "reply", files);
}

/** What was picked there and not sent; it stands there no more. @param {string} ticket */
export function takePicked(ticket) {
  const left = pickedIn(ticket);
  picked.delete(ticket);
  return left;
}
