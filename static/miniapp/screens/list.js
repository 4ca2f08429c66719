// @ts-check
/** The list of tickets: a customer's own, or the inbox of staff with its tabs. It stays mounted as long as the app runs. */
import { byId, clone, keyed, onAction, setText } from "../core/dom.js";
import { fullTimeOf, t, whenOf } from "../core/i18n.js";
import { go, path } from "../core/router.js";
import { inTab } from "../core/storage.js";
import { touch, watch } from "../core/store.js";
import { haptic } from "../core/telegram.js";
import { draft } from "../data/drafts.js";
import { isStaff, session } from "../data/session.js";
import { listOf, loadList, loadMore, ticketsOf } from "../data/tickets.js";
import { drawAvatar, drawStatus, nameOf, summaryOf } from "../ui/words.js";

const MORE_PX = 600;
const CLOCK_MS = 60_000;
const TAB_STORED = "desk.tab";

/** @param {string[]} tabs the lists' keys; the first is shown at first */
export function mountList(tabs) {
  const { node, refs } = clone(isStaff() ? "inbox" : "tickets");
  const signal = new AbortController().signal; // for as long as the page lives
  let key = inTab.get(TAB_STORED) ?? "";
  if (!tabs.includes(key)) key = tabs[0];
  const draw = () => drawList(refs, key);

  onAction(node, {
    open: (link, event) => {
      if (/** @type {MouseEvent} */ (event).metaKey || /** @type {MouseEvent} */ (event).ctrlKey) return; // a tab of its own
      event.preventDefault();
      go(link.dataset.path ?? "");
    },
    reload: () => loadList(key),
    tab: (button) => {
      key = button.dataset.tab ?? key;
      inTab.set(TAB_STORED, key);
      haptic("selection");
      refs.scroll.scrollTop = 0;
      if (listOf(key).state === "empty") loadList(key);
      draw();
    },
  }, signal);
  if (refs.tabs) moveByArrows(refs.tabs);
  refs.scroll.addEventListener("scroll", () => {
    const { scrollHeight, scrollTop, clientHeight } = refs.scroll;
    if (scrollHeight - scrollTop - clientHeight < MORE_PX) loadMore(key);
  }, { passive: true });
  watch("tickets", draw);
  watch("route", draw);
  setInterval(() => touch("tickets"), CLOCK_MS);
  byId("list-pane").replaceChildren(node);
  if (listOf(key).state === "empty") loadList(key);
  draw();
}

/** @param {Record<string, any>} refs @param {string} key */
function drawList(refs, key) {
  const list = listOf(key);
  const tickets = ticketsOf(key);
  for (const tab of refs.tabs?.children ?? []) {
    const chosen = tab.dataset.tab === key;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
  }
  const here = path();
  keyed(refs.rows, tickets, (ticket) => ticket.id, () => clone("row"), (view, ticket) => updateRow(view, ticket, here));
  drawState(
    refs.state,
    tickets.length ? "" : list.state === "ready" ? "empty" : list.state === "error" ? "failed" : "loading",
    key,
  );
}

/** @param {HTMLElement} place @param {string} state @param {string} key */
function drawState(place, state, key) {
  const drawn = `${state} ${key}`;
  if (place.dataset.drawn === drawn) return;
  place.dataset.drawn = drawn;
  place.replaceChildren();
  if (!state) return;
  const { node, refs } = clone(`rows-${state}`);
  if (state === "empty" && isStaff()) refs.text.textContent = t(`empty_${key}`);
  place.append(node);
}

/** @param {Desk.Clone} view @param {Desk.Ticket} ticket @param {string} here */
function updateRow({ refs }, ticket, here) {
  const staff = isStaff();
  const address = `tickets/${ticket.number}`;
  refs.link.href = `/app/${address}`;
  refs.link.dataset.path = address;
  refs.link.toggleAttribute("aria-current", here === address);
  refs.link.classList.toggle("is-unread", Boolean(ticket.unread));
  refs.avatar.hidden = !staff;
  if (staff) drawAvatar(refs.avatar, ticket.customer);
  setText(refs.title, staff ? nameOf(ticket.customer) : ticket.subject);
  setText(refs.subject, staff ? ticket.subject : "");
  const last = ticket.last_message;
  const moment = last?.created_at ?? ticket.updated_at;
  setText(refs.time, whenOf(moment));
  refs.time.dateTime = moment;
  refs.time.title = fullTimeOf(moment);
  const started = draft(`${ticket.id}.reply`);
  setText(refs.draft, started ? t("draft") : "");
  setText(refs.preview, started || previewOf(last, refs.title.textContent));
  setText(refs.unread, ticket.unread ? String(Math.min(ticket.unread, 99)) : "");
  refs.unread.hidden = !ticket.unread;
  if (ticket.unread) refs.unread.setAttribute("aria-label", t("unread", { count: ticket.unread }));
  drawStatus(refs.status, ticket.status, staff);
  setText(refs.number, t("ticket_number", { number: ticket.number }));
  setText(refs.assignee, staff ? assigneeOf(ticket) : "");
}

/** @param {Desk.LastMessage | null} last @param {string} title the row's own name need not be said twice */
function previewOf(last, title) {
  if (!last) return "";
  if (nameOf(last.author) === title) return summaryOf(last);
  const author = last.author?.id === session.me.id ? t("you") : nameOf(last.author);
  return t("incoming", { name: author, text: summaryOf(last) });
}

/** @param {Desk.Ticket} ticket */
function assigneeOf({ assignee }) {
  if (!assignee) return "";
  return assignee.id === session.me.id ? t("you") : nameOf(assignee);
}

/** The keys that the pattern of tabs promises. @param {HTMLElement} tabs */
function moveByArrows(tabs) {
  tabs.addEventListener("keydown", (event) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    const all = /** @type {HTMLElement[]} */ ([...tabs.children]);
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = all[(at + step + all.length) % all.length];
    next.focus();
    next.click();
  });
}
