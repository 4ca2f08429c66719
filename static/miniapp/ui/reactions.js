// @ts-check
/** The reactions below a message: one chip for each sign, with how many gave it. */
import { clone, keyed, part, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";

/** @param {Desk.Clone} view a bubble @param {Desk.Message} message @param {string} me */
export function drawReactions(view, { reactions, deleted_at }, me) {
  /** @type {Map<string, {emoji: string, count: number, own: boolean}>} */
  const chips = new Map();
  for (const { emoji, person } of deleted_at ? [] : reactions ?? []) {
    const chip = chips.get(emoji) ?? { emoji, count: 0, own: false };
    chip.count++;
    chip.own ||= person === me;
    chips.set(emoji, chip);
  }
  const place = part(view, "reactions", chips.size);
  if (!place) return;
  keyed(place, [...chips.values()], ({ emoji }) => emoji, () => clone("reaction"), ({ node, refs }, chip) => {
    node.dataset.emoji = chip.emoji;
    node.setAttribute("aria-pressed", String(chip.own));
    node.setAttribute("aria-label", t("reaction_of", { emoji: chip.emoji, count: chip.count }));
    setText(refs.emoji, chip.emoji);
    setText(refs.count, chip.count > 1 ? String(chip.count) : "");
  });
}
