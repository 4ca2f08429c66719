// @ts-check
/** From a ticket that was merged into the one where it goes on: what was begun there and not sent. */
import { draft, saveDraft } from "../data/drafts.js";
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
