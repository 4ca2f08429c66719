// @ts-check
/** The sheet that asks until when a ticket is put aside. Loaded with the press that opens it. */
import { clone } from "../core/dom.js";
import { t, untilOf } from "../core/i18n.js";
import { serverNow } from "../data/session.js";
import { lateStyles } from "../ui/late.js";
import { fieldValue, presets } from "../ui/moments.js";
import { openSheet } from "../ui/sheet.js";
import { snooze } from "./ticket-actions.js";

const LONGEST_MS = 365 * 86_400_000;

/** @param {string} id the ticket's */
export async function chooseTime(id) {
  await lateStyles();
  const { node, refs } = clone("snooze");
  const dialog = /** @type {HTMLDialogElement} */ (node);
  const now = new Date(serverNow());
  const choose = (/** @type {Date} */ at) => {
    dialog.close();
    snooze(id, at.toISOString());
  };
  for (const { name, at } of presets(now)) {
    const choice = clone("snooze-choice");
    choice.refs.label.textContent = t(`snooze_${name}`);
    choice.refs.when.textContent = untilOf(at.toISOString());
    choice.node.addEventListener("click", () => choose(at));
    refs.choices.append(choice.node);
  }
  refs.until.min = fieldValue(now);
  refs.until.max = fieldValue(new Date(now.getTime() + LONGEST_MS));
  refs.form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    choose(new Date(refs.until.value));
  });
  openSheet(dialog);
}
