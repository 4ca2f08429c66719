// @ts-check
/** When a customer may expect an answer: only what the desk knows. */
import { t, untilOf } from "../core/i18n.js";

/** One sentence or two, or nothing. @param {Desk.Config["expected_answer"]} expected @param {number} now milliseconds */
export function expectationText(expected, now) {
  if (!expected) return "";
  const { open, opens_at, within } = expected;
  const usual = within ? usually(within) : "";
  const closed = !open && !(opens_at && Date.parse(opens_at) <= now);
  if (!closed) return usual;
  return [opens_at ? t("closed_until", { moment: untilOf(opens_at) }) : t("closed_now"), usual].filter(Boolean).join(
    " ",
  );
}

/** @param {number} seconds of working time */
function usually(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return t("answer_minutes", { count: minutes });
  if (minutes < 1440) return t("answer_hours", { count: Math.round(minutes / 60) });
  return t("answer_days", { count: Math.round(minutes / 1440) });
}
