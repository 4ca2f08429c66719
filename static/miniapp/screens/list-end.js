// @ts-check
/**
 * What stands below the rows of a list: that there are no more, that the next ones did not come, or of when they are.
 * Loaded after the first rows.
 */
import { clone, setText } from "../core/dom.js";
import { t, untilOf } from "../core/i18n.js";
import { touch } from "../core/store.js";
import { heard, keep } from "../data/kept.js";
import { gone, rows } from "../data/tickets.js";
import { followTold, keepTold } from "../data/told.js";
import { askUnsure } from "../data/unsure.js";
import { lateStyles } from "../ui/late.js";
import { waitForList, waitForPage } from "./older.js";

/** Fewer rows show by themselves that there are no more. */
const MANY = 10;

// this module is loaded once somebody is signed in: what they see is kept from now on
keep();
followTold();

/** With each drawing of the list. @param {HTMLElement} place @param {Desk.List} list */
export function drawEnd(place, list) {
  keepTold(list);
  askUnsure(list);
  waitForList(list);
  if (list.state === "error" && fromKnown(list)) return touch("tickets");
  if (list.stuck) waitForPage(list);
  const { late, stuck, next, ids } = list;
  if (!ids.size) return;
  if (late) lateStyles().catch(() => {}); // plain without
  const end = late ? "late" : stuck ? "stuck" : next || ids.size < MANY ? "" : "end";
  const text = late ? t("list_as_of", { when: untilOf(heard.at) }) : "";
  if (place.dataset.drawn !== end) place.replaceChildren(...(end ? [clone(`rows-${end}`).node] : []));
  place.dataset.drawn = end;
  if (text) setText(place.querySelector("[data-ref=text]"), text);
}

/** Of a question that was never answered, what is known shows some of it. @param {Desk.List} list */
function fromKnown(list) {
  const found = [...rows.values()].filter((row) => !gone.has(row.id) && list.holds(row));
  if (!found.length) return false;
  list.ids = new Set(found.map(({ id }) => id));
  list.sorted = null;
  list.state = "ready";
  return true;
}
