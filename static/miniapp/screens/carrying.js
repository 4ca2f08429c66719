// @ts-check
/** From a ticket that was merged into the one where it goes on: what was begun there and not sent. */
import { draft, saveDraft } from "../data/drafts.js";
import { changedIn } from "./closing.js";
import { beginReply, takePicked } from "./unfinished.js";

/** It stands behind what is begun there; the new words of a change are an answer. @param {string} ticket @param {string} other */
export function carryUnfinished(ticket, other) {
  const { mode } = draft(`${ticket}.begun`) ?? {};
  const note = draft(`${ticket}.note`);
  beginReply(other, [draft(`${ticket}.reply`), changedIn(ticket)].filter(Boolean).join("\n\n"), takePicked(ticket));
  if (note) saveDraft(`${other}.note`, [draft(`${other}.note`), note].filter(Boolean).join("\n\n"));
  for (const name of ["reply", "note", "begun"]) saveDraft(`${ticket}.${name}`, null);
  if (mode === "note" && !draft(`${other}.begun`)) saveDraft(`${other}.begun`, { mode, reply: null, edit: null });
}
