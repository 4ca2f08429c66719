// @ts-check
/** From a closed ticket into the form of a new one: what was begun there, and what was sent there too late. Loaded with the press. */
import { draft, saveDraft } from "../data/drafts.js";
import { jobsOf } from "../data/outbox.js";
import { discard } from "../data/resending.js";
import { conversations } from "../data/threads.js";
import { addToForm } from "./new-ticket.js";
import { beginReply, takePicked } from "./unfinished.js";

/** It stays while a form is on its way; files for which the form has no room stay with the ticket. @param {string} ticket its id */
export async function takeAlong(ticket) {
  const left = await addToForm(() => take(ticket));
  if (left?.length) beginReply(ticket, "", left);
}

/** The new words of a change that was begun. @param {string} ticket @returns {string} */
function changed(ticket) {
  const edit = draft(`${ticket}.begun`)?.edit;
  const message = conversations.get(ticket)?.thread.messages.get(edit?.id);
  return edit && edit.text !== message?.text ? edit.text : "";
}

/** At once, so that a second press finds nothing more. @param {string} ticket */
function take(ticket) {
  const late = jobsOf(ticket).filter(({ state, error }) => state === "failed" && error === "ticket_closed");
  const words = [...late.map(({ text }) => text), draft(`${ticket}.reply`), changed(ticket)];
  const files = late.flatMap((job) => job.files).filter(({ file, attachment }) => file || attachment);
  for (const name of ["reply", "begun"]) saveDraft(`${ticket}.${name}`, null);
  for (const { id } of late) discard(id);
  return { text: words.filter(Boolean).join("\n\n"), files: [...files, ...takePicked(ticket)] };
}
