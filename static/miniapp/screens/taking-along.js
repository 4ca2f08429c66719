// @ts-check
/** From a closed ticket into the form of a new one: what was begun there, and what was sent there too late. Loaded with the press. */
import { draft, saveDraft } from "../data/drafts.js";
import { jobsOf } from "../data/outbox.js";
import { discard } from "../data/resending.js";
import { addToForm } from "./new-ticket.js";
import { takePicked } from "./unfinished.js";

/** It stays while a form is on its way. @param {string} ticket its id */
export async function takeAlong(ticket) {
  const name = `${ticket}.reply`;
  const late = jobsOf(ticket).filter(({ state, error }) => state === "failed" && error === "ticket_closed");
  const words = [...late.map(({ text }) => text), draft(name)].filter(Boolean).join("\n\n");
  const files = late.flatMap((job) => job.files).filter(({ file, attachment }) => file || attachment);
  if (!(await addToForm(words, () => [...files, ...takePicked(ticket)]))) return;
  saveDraft(name, null);
  saveDraft(`${ticket}.begun`, null);
  for (const { id } of late) discard(id);
}
