// @ts-check
/** When a customer may expect an answer: only what the desk knows. */
import { setText } from "../core/dom.js";
import { t, untilOf } from "../core/i18n.js";

const LONGEST = 86_400_000; // milliseconds; timers know none of more than 24 days

/** One sentence or two, or nothing. @param {Desk.Config["expected_answer"]} expected @param {number} now milliseconds */
export function expectationText(expected, now) {
  if (!expected) return "";
  const { open, opens_at, closes_at, reopens_at, within } = expected;
  const isPast = (/** @type {string | null | undefined} */ moment) => !!moment && Date.parse(moment) <= now;
  const [isOpen, back] = isPast(closes_at) ? [isPast(reopens_at), reopens_at] : [open || isPast(opens_at), opens_at];
  const usual = within && !isPast(closes_at) ? usually(within) : ""; // it was counted from before the closing
  if (isOpen) return usual;
  return [back ? t("closed_until", { moment: untilOf(back) }) : t("closed_now"), usual].filter(Boolean).join(" ");
}

/** Runs it when the desk opens or closes next, or before. @param {Desk.Config["expected_answer"]} expected @param {number} now @param {() => void} run @returns {number} the timer */
export function atNextTurn(expected, now, run) {
  const turns = [expected?.opens_at, expected?.closes_at, expected?.reopens_at].map((moment) =>
    Date.parse(moment ?? "")
  );
  return setTimeout(run, Math.min(LONGEST, ...turns.filter((turn) => turn > now).map((turn) => turn - now)));
}

/**
 * Says it, and anew when the desk opens or closes, until the signal.
 * @param {HTMLElement} line @param {Desk.Config["expected_answer"]} expected @param {() => number} clock @param {AbortSignal} signal
 */
export function keepTelling(line, expected, clock, signal) {
  setText(line, expectationText(expected, clock()));
  const timer = atNextTurn(expected, clock(), () => keepTelling(line, expected, clock, signal));
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
}

/** @param {number} seconds of working time */
function usually(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return t("answer_minutes", { count: minutes });
  if (minutes < 1440) return t("answer_hours", { count: Math.round(minutes / 60) });
  return t("answer_days", { count: Math.round(minutes / 1440) });
}
