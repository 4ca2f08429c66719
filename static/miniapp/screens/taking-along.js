// @ts-check
/** From a closed ticket into the form of a new one: what was begun there, and what was sent there too late. Loaded with the press. */
import { draft, saveDraft } from "../data/drafts.js";
import { discard } from "../data/resending.js";
import { beginReply, takePicked } from "./beginning.js";
import { changedIn, refusedIn } from "./closing.js";
import { addToForm } from "./new-ticket.js";

/** It stays while a form is on its way; files for which the form has no room stay with the ticket. @param {string} ticket its id */
export async function takeAlong(ticket) {
  const left = await addToForm(() => take(ticket));
  if (left?.length) beginReply(ticket, "", left);
}

/** At once, so that a second press finds nothing more. @param {string} ticket */
function take(ticket) {
  const late = refusedIn(ticket);
  const words = [...late.map(({ text }) => text), draft(`${ticket}.reply`), changedIn(ticket)];
  const files = late.flatMap((job) => job.files).filter(({ file, attachment }) => file || attachment);
  for (const name of ["reply", "begun"]) saveDraft(`${ticket}.${name}`, null);
  for (const { id } of late) discard(id);
  return { text: words.filter(Boolean).join("\n\n"), files: [...files, ...takePicked(ticket).files] };
}
