// @ts-check
/** Who changed what, as lines between the messages of a conversation. */
import { t, timeOf, untilOf } from "../core/i18n.js";
import { session } from "../data/session.js";
import { nameOf } from "../ui/words.js";

/** The rows of a conversation with its changes among them. @param {Desk.Entry[]} entries @param {Desk.Change[]} changes in their order @returns {Desk.Entry[]} */
export function amongChanges(entries, changes) {
  const rest = [...changes];
  const rows = [];
  for (const entry of entries) {
    while (rest.length && rest[0].sequence < entry.message.sequence) rows.push(lineOf(rest.shift()));
    rows.push(entry);
  }
  return [...rows, ...rest.map(lineOf)];
}

/** A row that is no message: nobody's news, and in no group with what stands beside it. @param {any} change @returns {Desk.Entry} */
function lineOf({ sequence, actor, text, until, created_at }) {
  const { me } = session;
  if (until) text = t("put_aside_until", { when: untilOf(until) });
  const said = actor ? t("incoming", { name: actor.id === me.id ? t("you") : nameOf(actor), text }) : text;
  const message = { id: `change ${sequence}`, kind: "change", author: me, sequence, created_at };
  return { message: /** @type {any} */ ({ ...message, text: `${said} · ${timeOf(created_at)}` }), job: null };
}
