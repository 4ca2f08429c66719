// @ts-check
/**
 * The inbox of staff: tabs, filters and order, all of them in the address. It stays mounted as long as the app runs.
 * Rows do not move while somebody reads or touches them: what is new waits behind a button.
 */
import { byId, clone, onAction, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { follow, path, setQuery } from "../core/router.js";
import { touch, watch } from "../core/store.js";
import { haptic } from "../core/telegram.js";
import { draft } from "../data/drafts.js";
import { session } from "../data/session.js";
import { defineList, fillList, listOf, loadList, loadMore, rows, ticketsOf } from "../data/tickets.js";
import { VirtualList } from "../ui/virtual-list.js";
import { drawAvatar, drawRow, nameOf } from "../ui/words.js";

const CLOCK_MS = 60_000;
/** What still needs somebody. */
const ACTIVE = "new,open,pending";
/** What each tab asks the API. @type {Record<string, Record<string, string>>} */
const TABS = {
  mine: { assignee: "me", status: ACTIVE },
  unassigned: { assignee: "none", status: ACTIVE },
  all: {},
};

/** The key of a list; it is made where nobody has asked for it. @param {Record<string, string>} query */
function listKey(query) {
  const key = String(new URLSearchParams(query));
  if (!listOf(key)) {
    const assignee = query.assignee === "me" ? session.me.id : query.assignee;
    defineList(
      key,
      { ...query, limit: "50" },
      (ticket) =>
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
    /** Where each list was left, px. @type {Map<string, number>} */
    this.offsets = new Map();
    /** @type {Desk.Calm | null} */
    this.calm = null;
    this.list = new VirtualList(refs.scroll, refs.rows, {
      create: () => clone("inbox-row"),
      update: (view, ticket) => this.#drawRow(view.refs, ticket),
      onEnd: () => loadMore(this.key),
    });
    onAction(node, this.#actions(), new AbortController().signal); // for as long as the page lives
    this.#listen(node);
    const draw = () => this.draw();
    for (const topic of ["tickets", "route"]) watch(topic, draw);
    setInterval(() => touch("tickets"), CLOCK_MS);
    byId("list-pane").replaceChildren(node);
  }

  /** What comes with the first touch, and with the first key. @param {HTMLElement} node */
  #listen(node) {
    const { refs } = this;
    node.addEventListener("focusin", async () => {
      const keys = await import("../ui/keys.js").catch(() => null);
      keys?.moveAmongTabs(refs.tabs);
      keys?.moveAmongRows(this.list);
    }, { once: true });
    const calm = async () => {
      const found = await import("../ui/calm.js").catch(() => null);
      if (found) this.calm ??= new found.Calm(refs.scroll, refs.rows, () => touch("tickets"));
      this.draw();
    };
    for (const type of ["pointerdown", "pointermove", "wheel", "scroll"]) {
      refs.scroll.addEventListener(type, calm, { once: true, passive: true });
    }
  }

  /** @returns {Record<string, (element: HTMLElement, event: Event) => void>} */
  #actions() {
    return {
      open: follow,
      reload: () => loadList(this.key),
      tab: ({ dataset: { tab = "" } }) => {
        haptic("selection");
        setQuery({ tab });
        this.draw();
      },
      news: () => {
        this.calm?.forget();
        this.refs.scroll.scrollTop = 0;
        this.draw();
      },
    };
  }

  draw() {
    const { refs } = this;
    const asked = new URLSearchParams(location.search).get("tab") ?? "";
    const tab = TABS[asked] ? asked : "mine";
    const key = listKey(TABS[tab]);
    for (const button of refs.tabs.children) {
      const chosen = button.dataset.tab === tab;
      button.setAttribute("aria-selected", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
      if (chosen) refs.scroll.setAttribute("aria-labelledby", button.id);
    }
    const list = listOf(key);
    if (list.state === "empty" || list.state === "stale") loadList(key);
    const fresh = ticketsOf(key);
    const turned = key !== this.key;
    if (turned) {
      this.offsets.set(this.key, refs.scroll.scrollTop);
      this.key = key;
      this.calm?.forget();
    }
    const { kept, news } = this.calm?.keep(fresh, list.order) ?? { kept: fresh, news: 0 };
    this.list.show(kept, list.next ? -1 : kept.length);
    if (turned) refs.scroll.scrollTop = this.offsets.get(key) ?? 0;
    refs.news.hidden = !news;
    setText(refs.newsCount, t("news", { count: news }));
    const state = list.state === "error" ? "failed" : list.state === "ready" ? "empty" : "loading";
    drawState(refs.state, kept.length ? "" : state, tab);
  }

  /** @param {Record<string, any>} refs @param {Desk.Ticket} kept */
  #drawRow(refs, { id }) {
    const ticket = /** @type {Desk.Ticket} */ (rows.get(id));
    const me = session.me.id;
    drawRow(refs, ticket, { me, staff: true, here: path(), draft: draft(`${id}.reply`) ?? draft(`${id}.note`) });
    drawAvatar(refs.avatar, ticket.customer);
    setText(refs.subject, ticket.subject);
    const { assignee } = ticket;
    setText(refs.assignee, assignee ? (assignee.id === me ? t("you") : nameOf(assignee)) : "");
  }
}

/** @param {Desk.Page<Desk.Ticket>} page what came with the sign-in: all that is not closed, or its first page */
export function mountInbox(page) {
  // where that is all, the first tabs need no request
  for (const tab of page.next ? [] : ["mine", "unassigned"]) {
    const key = listKey(TABS[tab]);
    fillList(key, { results: page.results.filter(listOf(key).holds), next: null });
  }
  new Inbox().draw();
}

/** @param {HTMLElement} place @param {string} state @param {string} tab */
function drawState(place, state, tab) {
  const drawn = `${state} ${tab}`;
  if (place.dataset.drawn === drawn) return;
  place.dataset.drawn = drawn;
  place.replaceChildren();
  if (!state) return;
  const { node, refs } = clone(`rows-${state}`);
  if (state === "empty") setText(refs.text, t(`empty_${tab}`));
  place.append(node);
}
