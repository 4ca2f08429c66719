// @ts-check
/** Filters and order of the inbox; its search is in inbox-search.js. All of it stands in the address; loaded once somebody asks for it. */
import { categoryName } from "../core/categories.js";
import { clone, onAction, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { setQuery } from "../core/router.js";
import { counts } from "../data/counts.js";
import { session } from "../data/session.js";
import { byNewest, defineList, listOf, lists } from "../data/tickets.js";
import { lateStyles } from "../ui/late.js";
import { openSheet } from "../ui/sheet.js";
import { statusText } from "../ui/words.js";
import { InboxSearch } from "./inbox-search.js";

const STATUSES = ["new", "open", "pending", "resolved", "closed"];
const PRIORITIES = ["urgent", "high", "normal", "low"];
/** So many of the last searches are shown at once when one returns. */
const SEARCHES = 5;
const NAMES = ["status", "priority", "category", "tag", "snoozed"];

/** @param {Desk.Ticket} ticket */
const rank = (ticket) => PRIORITIES.indexOf(ticket.priority ?? "");
/** @param {Desk.Ticket} ticket */
const since = (ticket) => Date.parse(ticket.waiting_since ?? "");
/** The API's orders. @type {Record<string, (a: Desk.Ticket, b: Desk.Ticket) => number>} */
const ORDERS = {
  newest: byNewest,
  oldest: (a, b) => byNewest(b, a),
  priority: (a, b) => rank(a) - rank(b) || byNewest(a, b),
  // shows those only whose customer waits
  waiting: (a, b) => since(a) - since(b) || (a.id < b.id ? -1 : 1),
};

/** What the address asks for. @returns {Record<string, string>} */
function asked() {
  const address = new URLSearchParams(location.search);
  const order = address.get("order") ?? "";
  const known = [...NAMES, "q"].map((name) => [name, address.get(name) ?? ""]);
  return Object.fromEntries([...known, ["order", ORDERS[order] ? order : ""]].filter(([, value]) => value));
}

/** Says on the buttons what is set; the key of the list. @param {Record<string, any>} refs @param {string} whole the key of all that the tab holds */
export function apply(refs, whole) {
  const filters = asked();
  const count = Object.keys(filters).filter((name) => name !== "q").length;
  setText(refs.filterCount, count ? String(count) : "");
  const key = narrowed(whole, filters);
  if (key !== shown) leave(shown, key);
  shown = key;
  searchOf(refs).follow(key);
  return key;
}

/** The list that is shown. */
let shown = "";
/** Searches that were left, the last one last. @type {string[]} */
const searched = [];

/** What a search finds, only the desk knows: it is asked again on return, and few are kept. @param {string} key @param {string} next the one that is shown now */
function leave(key, next) {
  const list = listOf(key);
  if (!list?.query.q) return;
  if (list.state === "ready") list.state = "stale";
  searched.push(...searched.splice(0).filter((one) => one !== key && one !== next), key);
  if (searched.length > SEARCHES) lists.delete(searched.shift() ?? "");
}

/** Of the page's inbox, once it was asked for. @type {InboxSearch | null} */
let search = null;

/** @param {Record<string, any>} refs of the inbox */
function searchOf(refs) {
  search ??= new InboxSearch(refs, {
    everywhere: () => setQuery({ ...nothing(), tab: "all" }),
    narrowed: () =>
      refs.tabs.querySelector("[aria-selected=true]").dataset.tab !== "all" || Object.keys(asked()).length > 1,
  });
  return search;
}

/** The search for a ticket's number shows that one first. @param {string} q @param {(a: Desk.Ticket, b: Desk.Ticket) => number} order */
function orderOf(q, order) {
  const number = Number(/^[#№]*(\d+)$/.exec(q.replace(/\s/g, ""))?.[1] ?? NaN);
  const named = (/** @type {Desk.Ticket} */ ticket) => Number(ticket.number === number);
  return number
    ? (/** @type {Desk.Ticket} */ a, /** @type {Desk.Ticket} */ b) => named(b) - named(a) || order(a, b)
    : order;
}

/** @param {string} whole @param {Record<string, string>} filters */
function narrowed(whole, filters) {
  if (!Object.keys(filters).length) return whole;
  const { query, holds } = listOf(whole);
  const wanted = { ...query, ...filters };
  const key = String(new URLSearchParams(wanted));
  if (listOf(key)) return key;
  const has = (/** @type {string} */ name, /** @type {string[]} */ values) =>
    !filters[name] || filters[name].split(",").some((value) => values.includes(value));
  defineList(key, wanted, (ticket) => {
    // which tickets a search finds, only the server knows
    if (filters.q) return listOf(key).ids.has(ticket.id);
    // what is asked for takes the place of the tab's own
    const status = filters.status ? "open" : ticket.status;
    const snoozed_until = filters.snoozed ? null : ticket.snoozed_until;
    return holds({ ...ticket, status, snoozed_until }) && has("status", [ticket.status]) &&
      (filters.order !== "waiting" || Boolean(ticket.waiting_since)) &&
      has("snoozed", [String(Boolean(ticket.snoozed_until))]) &&
      has("priority", [ticket.priority ?? ""]) && has("category", [ticket.category?.id ?? ""]) &&
      has("tag", ticket.tags ?? []);
  }, orderOf(filters.q ?? "", ORDERS[filters.order || "newest"]));
  return key;
}

/** Without filters and order. @returns {Record<string, string>} */
const nothing = () => Object.fromEntries([...NAMES, "order"].map((name) => [name, ""]));

/** Takes all filters away. */
export const clear = () => setQuery({ ...nothing(), q: "" });

/** The sheet of filters and the order. */
export async function openFilters() {
  await lateStyles();
  const { node, refs } = clone("filters");
  const dialog = /** @type {HTMLDialogElement} */ (node);
  const now = asked();
  const groups = {
    status: STATUSES.map((value) => [value, statusText(/** @type {Desk.Status} */ (value), true)]),
    priority: PRIORITIES.map((value) => [value, t(`priority_${value}`)]),
    category: session.config.categories.map((category) => [category.id, categoryName(category)]),
    snoozed: [["true", t("only_aside", { count: counts.snoozed?.count ?? 0 })]],
  };
  for (const [name, options] of Object.entries(groups)) {
    refs[name].hidden = !options.length;
    for (const [value, label] of options) {
      const option = clone("filter-option");
      Object.assign(option.refs.input, { name, value, checked: (now[name] ?? "").split(",").includes(value) });
      option.refs.label.textContent = label;
      refs[name].append(option.node);
    }
  }
  refs.tag.value = (now.tag ?? "").split(",").join(", ");
  refs.order.value = now.order ?? "newest";
  onAction(node, {
    clear: () => {
      clear();
      dialog.close();
    },
  }, new AbortController().signal);
  refs.form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    const data = new FormData(refs.form);
    const tags = String(data.get("tag")).split(",").map((tag) => tag.trim().toLowerCase()).filter(Boolean);
    const order = String(data.get("order"));
    const chosen = Object.fromEntries(Object.keys(groups).map((name) => [name, data.getAll(name).join(",")]));
    setQuery({ ...chosen, tag: tags.join(","), order: order === "newest" ? "" : order });
    dialog.close();
  });
  openSheet(dialog);
}

/** Opens the field of the search, or closes it. @param {Record<string, any>} refs */
export const toggleSearch = (refs) => searchOf(refs).toggle();

/** Marks what was found in a row. @param {Record<string, any>} refs @param {Desk.Match} [match] */
export const drawFound = (refs, match) => search?.drawFound(refs, match);
