// @ts-check
/**
 * The inbox of staff: tabs, filters and order, all of them in the address. It stays mounted as long as the app runs.
 * Rows do not move while somebody reads or touches them: what is new waits behind a button.
 */
import { byId, clone, onAction, setText, toast } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { follow, path, setQuery } from "../core/router.js";
import { orTell, touch, watch } from "../core/store.js";
import { unfinishedIn } from "../data/drafts.js";
import { session } from "../data/session.js";
import { defineList, fillList, gone, listOf, loadList, loadMore, rows, ticketsOf } from "../data/tickets.js";
import { insist } from "../ui/late.js";
import { VirtualList } from "../ui/virtual-list.js";
import { drawAvatar, drawRow, nameOf } from "../ui/words.js";

const CLOCK_MS = 60_000;
/** What still needs somebody. */
const ACTIVE = "new,open,pending";
/** What each tab asks the API. @type {Record<string, Record<string, string>>} */
const TABS = {
  mine: { assignee: "me", status: ACTIVE, snoozed: "false" },
  unassigned: { assignee: "none", status: "new,open", snoozed: "false" },
  waiting: { waiting: "true", snoozed: "false" },
  all: {},
};
const FILTERS = /[?&](status|priority|category|tag|snoozed|order|q)=/;

/** The key of a list; it is made where nobody has asked for it. @param {Record<string, string>} query */
function listKey(query) {
  const key = String(new URLSearchParams(query));
  if (!listOf(key)) {
    const assignee = query.assignee === "me" ? session.me.id : query.assignee;
    defineList(
      key,
      { ...query, limit: "50" },
      (ticket) =>
        (!query.waiting || Boolean(ticket.waiting_since)) &&
        (!query.snoozed || !ticket.snoozed_until) &&
        (!assignee || (ticket.assignee?.id ?? "none") === assignee) &&
        (!query.status || query.status.split(",").includes(ticket.status)),
    );
  }
  return key;
}

class Inbox {
  constructor() {
    const { node, refs } = clone("inbox");
    this.refs = refs;
    this.key = "";
    /** @type {Desk.Calm | null} */
    this.calm = null;
    /** @type {Desk.Filters | null} */
    this.filters = null;
    /** Viewers and timers, once one has them; null where their module did not come. @type {Desk.RowExtras | null | undefined} */
    this.extras = undefined;
    /** Of the tabs. @type {Record<string, {count: number, unread: number}>} */
    this.counts = {};
    this.list = new VirtualList(refs.scroll, refs.rows, {
      create: () => clone("inbox-row"),
      update: (view, ticket) => this.#drawRow(view.refs, ticket),
      onEnd: () => loadMore(this.key),
    });
    refs.admin.hidden = session.me.role === "agent";
    // for as long as the page lives
    onAction(node, this.#actions(), new AbortController().signal);
    this.#listen(node);
    const draw = () => this.draw();
    for (const topic of ["tickets", "route"]) watch(topic, draw);
    watch("viewers", () => this.#loadExtras());
    setInterval(() => touch("tickets"), CLOCK_MS);
    byId("list-pane").replaceChildren(node);
  }

  /** What comes with the first touch or key. @param {HTMLElement} node */
  #listen(node) {
    const calm = async () => {
      const found = await import("../ui/calm.js").catch(orTell);
      if (found) this.calm ??= new found.Calm(this.refs, this.list, () => touch("tickets"));
      this.draw();
    };
    for (const type of ["focusin", "pointerdown", "pointermove", "scroll"]) {
      node.addEventListener(type, calm, { once: true, passive: true, capture: true });
    }
  }

  /** @returns {Record<string, (element: HTMLElement, event: Event) => void>} */
  #actions() {
    return {
      open: follow,
      admin: () => import("./admin.js").then(({ openAdmin }) => openAdmin()).catch(orTell),
      // a page reloads by a press only (later.js asks again by itself)
      reload: (_button, { isTrusted }) => this.key ? loadList(this.key) : isTrusted ? location.reload() : this.draw(),
      more: () => loadMore(this.key, true),
      filter: () => this.#withFilters((filters) => filters.openFilters()),
      search: () => this.#withFilters((filters) => filters.toggleSearch(this.refs)),
      clear: () => this.filters?.clear(),
      tab: ({ dataset: { tab = "" } }) => setQuery({ tab }),
    };
  }

  /** @param {(filters: Desk.Filters) => void} run */
  async #withFilters(run) {
    this.filters ??= await import("./inbox-filters.js").catch(orTell);
    if (this.filters) run(this.filters);
    else if (this.key) toast(t("error_network"));
    else drawState(this.refs.state, "failed", "");
  }

  async #loadExtras() {
    this.extras ??= await import("./row-extras.js").catch(orTell);
    this.draw();
  }

  draw() {
    const { refs } = this;
    if (!this.filters && FILTERS.test(location.search)) return this.#withFilters(() => this.draw());
    const asked = new URLSearchParams(location.search).get("tab") ?? "";
    const tab = TABS[asked] ? asked : "mine";
    const whole = listKey(TABS[tab]);
    const key = this.filters?.apply(refs, whole) ?? whole;
    for (const button of refs.tabs.children) {
      const { tab: name } = button.dataset;
      button.setAttribute("aria-selected", String(name === tab));
      button.tabIndex = name === tab ? 0 : -1;
      const { count = 0, unread = 0 } = this.counts[name] ?? {};
      setText(refs[`${name}Count`], count > 999 ? "999+" : String(count || ""));
      setText(refs[`${name}Unread`], unread ? t("tickets_unread", { count: unread }) : "");
    }
    const list = listOf(key);
    if (list.state === "empty" || list.state === "stale") loadList(key);
    const fresh = ticketsOf(key);
    const turned = key !== this.key;
    if (turned) {
      this.calm?.leave(this.key);
      this.key = key;
    }
    const kept = this.calm?.keep(fresh, list, rows, gone) ?? fresh;
    this.list.show(kept, list.next ? -1 : kept.length);
    if (turned) refs.scroll.scrollTop = this.calm?.offsetOf(key) ?? 0;
    const state = list.state === "error"
      ? "failed"
      : list.state !== "ready"
      ? "loading"
      : key === whole
      ? "empty"
      : "nothing";
    if (!kept.length) drawState(refs.state, state, tab);
    import("./list-end.js").then(({ drawEnd }) => drawEnd(refs.state, list)).catch(orTell);
  }

  /** @param {Record<string, any>} refs @param {Desk.Ticket} kept */
  #drawRow(refs, { id }) {
    const ticket = /** @type {Desk.Ticket} */ (rows.get(id));
    const me = session.me.id;
    drawRow(refs, ticket, { me, staff: true, here: path(), own: unfinishedIn(id) });
    const { priority = "normal", tags = [] } = ticket;
    setText(refs.priority, t(`priority_${priority}`));
    refs.priority.dataset.priority = priority;
    setText(refs.tags, tags.join(" · "));
    this.extras?.drawExtras(refs, ticket);
    if ((ticket.sla || ticket.snoozed_until || ticket.unreachable) && this.extras === undefined) touch("viewers");
    drawAvatar(refs.avatar, ticket.customer);
    setText(refs.subject, ticket.subject);
    const { assignee } = ticket;
    setText(refs.assignee, assignee ? (assignee.id === me ? t("you") : nameOf(assignee)) : "");
    this.filters?.drawFound(refs, listOf(this.key).matches.get(id));
  }
}

/** @param {Desk.Page<Desk.Ticket>} page what came with the sign-in: all that is not closed, or its first page */
export function mountInbox(page) {
  // the first tabs begin without a request; where that page was not all, the list's own first page is the next one
  for (const tab of ["mine", "unassigned"]) {
    const key = listKey(TABS[tab]);
    const { holds, query } = listOf(key);
    const results = page.results.filter(holds);
    const next = page.next && `tickets/?${new URLSearchParams(query)}`;
    if (results.length || !next) fillList(key, { ...page, results, next });
  }
  const inbox = new Inbox();
  inbox.draw();
  // once the rows are painted; without it the tabs are as good
  requestAnimationFrame(() =>
    setTimeout(() =>
      insist(() => import("../data/counts.js"), ({ counts, followCounts }) => {
        inbox.counts = counts;
        followCounts();
      })
    )
  );
  return inbox.list;
}

/** @param {HTMLElement} place @param {string} state @param {string} tab */
function drawState(place, state, tab) {
  const drawn = `${state} ${tab}`;
  if (place.dataset.drawn === drawn) return;
  place.dataset.drawn = drawn;
  const { node, refs } = clone(`rows-${state}`);
  if (state === "empty") setText(refs.text, t(`empty_${tab}`));
  place.replaceChildren(node);
}
