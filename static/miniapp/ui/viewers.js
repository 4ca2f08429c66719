// @ts-check
/** Who else looks at a ticket: a circle for each, faint while their window is away, ringed while they write; and in words. */
import { clone, keyed, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { lateStyles } from "./late.js";
import { drawAvatar, nameOf } from "./words.js";

const MOST = 3;

/** @typedef {{person: Desk.Person, state?: string}} Look */

/** @param {HTMLElement} circles @param {HTMLElement} words for who listens @param {Look[]} looks @param {Set<string>} [writing] those who write, by id */
export function drawViewers(circles, words, looks, writing = new Set()) {
  if (looks.length) lateStyles();
  const sentence = (/** @type {Look} */ { person, state }) =>
    t(state === "away" && !writing.has(person.id) ? "viewing_away" : "viewing", { name: nameOf(person) });
  setText(words, looks.map(sentence).join(", "));
  const rest = looks.length > MOST ? looks.slice(MOST - 1) : [];
  keyed(
    circles,
    [...looks.slice(0, rest.length ? MOST - 1 : MOST), ...rest.slice(0, 1)],
    ({ person }) => rest[0]?.person === person ? "rest" : person.id,
    () => clone("row-viewer"),
    ({ node }, look) => {
      const { person, state } = look;
      const isRest = rest[0] === look;
      if (isRest) setText(node, `+${rest.length}`);
      else drawAvatar(node, person);
      node.title = isRest ? rest.map(sentence).join(", ") : sentence(look);
      node.classList.toggle("is-away", !isRest && state === "away" && !writing.has(person.id));
      node.classList.toggle("is-writing", !isRest && writing.has(person.id));
    },
  );
}
