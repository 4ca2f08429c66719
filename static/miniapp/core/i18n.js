// @ts-check
/** Texts, plurals and times in the language of the page. The texts come translated with the page (chat/texts.py). */
import { byId } from "./dom.js";

/** @type {Record<string, string | Record<string, string>>} */
const texts = JSON.parse(byId("texts")?.textContent ?? "{}");
const page = document.documentElement.lang || "en";
// the reader's own region tells 14:05 from 2:05 PM
const language = navigator.languages?.find((tag) => tag.split("-")[0] === page.split("-")[0]) ?? page;
const plurals = new Intl.PluralRules(language);
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const dayOfYear = new Intl.DateTimeFormat(language, { day: "numeric", month: "long" });
const fullDay = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });
const shortDay = new Intl.DateTimeFormat(language, { day: "2-digit", month: "2-digit", year: "2-digit" });
const weekday = new Intl.DateTimeFormat(language, { weekday: "short" });
const relativeDay = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const decimal = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });

/**
 * The text of a key with its {places} filled; a text with plural forms is chosen by `count`.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  let text = texts[key] ?? key;
  if (typeof text !== "string") text = text[plurals.select(Number(values.count))] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}

/** The moment's local day, as a key that sorts. @param {string} moment */
export function dayOf(moment) {
  const date = new Date(moment);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

/** Whole days from today, negative in the past. @param {Date} date */
function daysFromToday(date) {
  const today = new Date();
  const start = (/** @type {Date} */ d) => Date.UTC(d.getFullYear(), d.getMonth(), d.getDate());
  return Math.round((start(date) - start(today)) / 86_400_000);
}

/** "Today", "Yesterday", "3 May", "3 May 2025". @param {string} moment */
export function dayLabel(moment) {
  const date = new Date(moment);
  const days = daysFromToday(date);
  if (days === 0 || days === -1) {
    const label = relativeDay.format(days, "day");
    return label.charAt(0).toLocaleUpperCase(language) + label.slice(1);
  }
  return (date.getFullYear() === new Date().getFullYear() ? dayOfYear : fullDay).format(date);
}

/** "14:05". @param {string} moment */
export const timeOf = (moment) => clock.format(new Date(moment));

/** A row's moment: "14:05" today, "Tue" within a week, the date before that. @param {string} moment */
export function whenOf(moment) {
  const date = new Date(moment);
  const days = daysFromToday(date);
  if (days >= 0) return clock.format(date);
  return (days > -7 ? weekday : shortDay).format(date);
}

/** A moment to come: "18:00" today, "Tue, 09:00" within a week, the date and the time after that and before. @param {string | number} moment */
export function untilOf(moment) {
  const date = new Date(moment);
  const days = daysFromToday(date);
  const time = clock.format(date);
  return days ? `${(days > 0 && days < 7 ? weekday : shortDay).format(date)}, ${time}` : time;
}

/** @param {string} moment */
export const fullTimeOf = (moment) => `${fullDay.format(new Date(moment))}, ${timeOf(moment)}`;

/** "340 KB", "2.1 MB". @param {number} bytes */
export function sizeOf(bytes) {
  return bytes < 1_000_000
    ? t("size_kb", { size: Math.max(1, Math.round(bytes / 1000)) })
    : t("size_mb", { size: decimal.format(bytes / 1_000_000) });
}
