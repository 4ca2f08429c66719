// @ts-check
/** From a ticket that was merged into the one where it goes on: what was begun there and not sent, or refused. */
import { draft, saveDraft } from "../data/drafts.js";
import { jobsOf } from "../data/outbox.js";
import { discard } from "../data/resending.js";
import { beginReply, takePicked } from "./beginning.js";
import { changedIn } from "./closing.js";
import { addFiles } from "./picked-files.js";

/** It stands behind what is begun there; the new words of a change stay on its side. @param {string} ticket @param {string} other */
export function carryUnfinished(ticket, other) {
  const { mode } = draft(`${ticket}.begun`) ?? {};
  const changed = changedIn(ticket);
  const note = [draft(`${ticket}.note`), mode === "note" && changed].filter(Boolean).join("\n\n");
  const reply = [draft(`${ticket}.reply`), mode !== "note" && changed].filter(Boolean).join("\n\n");
  const picked = takePicked(ticket);
  beginReply(other, reply, []);
  addFiles(other, picked.mode, picked.files);
  if (note) saveDraft(`${other}.note`, [draft(`${other}.note`), note].filter(Boolean).join("\n\n"));
  for (const name of ["reply", "note", "begun"]) saveDraft(`${ticket}.${name}`, null);
  if (mode === "note" && !draft(`${other}.begun`)) saveDraft(`${other}.begun`, { mode, reply: null, edit: null });
}

/** Answers that were on their way when it was merged become what is begun in the other, in their order. @param {string} ticket @param {string} other */
export function carryRefused(ticket, other) {
  let waits = false;
  const refused = jobsOf(ticket).filter(({ state, error, internal }) => {
    if (internal) return false;
    const isRefused = state === "failed" && (error === "ticket_merged" || error === "stale");
    waits ||= isRefused;
    return isRefused || (waits && state === "queued"); // behind an answer that was not decided about
  });
  if (!refused.length) return;
  const files = refused.flatMap((job) => job.files).filter(({ file, attachment, saved }) =>
    file || attachment || saved
  );
  const begun = draft(`${other}.reply`); // later than what was sent
  saveDraft(`${other}.reply`, null);
  beginReply(other, [...refused.map(({ text }) => text), begun].filter(Boolean).join("\n\n"), files);
  for (const { id } of refused.reverse()) discard(id); // the last one first: each lets the next one go
}
