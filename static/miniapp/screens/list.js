// @ts-check
/** A customer's own tickets. The list stays mounted as long as the app runs. */
import { byId, clone, keyed, onAction } from "../core/dom.js";
import { follow, path } from "../core/router.js";
import { orTell, touch, watch } from "../core/store.js";
import { unfinishedIn } from "../data/drafts.js";
import { session } from "../data/session.js";
import { listOf, loadList, loadMore, ticketsOf } from "../data/tickets.js";
import { drawRow } from "../ui/words.js";

const MORE_PX = 600;
const CLOCK_MS = 60_000;

/** @param {string} key the list's */
export function mountList(key) {
  const { node, refs } = clone("tickets");
  const draw = () => drawList(refs, key);
  onAction(node, {
    open: follow,
    reload: () => loadList(key),
    more: () => loadMore(key, true),
  }, new AbortController().signal); // for as long as the page lives
  refs.scroll.addEventListener("scroll", () => {
    const { scrollHeight, scrollTop, clientHeight } = refs.scroll;
    if (scrollHeight - scrollTop - clientHeight < MORE_PX) loadMore(key);
  }, { passive: true });
  for (const topic of ["tickets", "route"]) watch(topic, draw);
  setInterval(() => touch("tickets"), CLOCK_MS);
  byId("list-pane").replaceChildren(node);
  draw();
}

/** @param {Record<string, any>} refs @param {string} key */
function drawList(refs, key) {
  const list = listOf(key);
  if (["empty", "stale"].includes(list.state)) loadList(key);
  const tickets = ticketsOf(key);
  const here = path();
  keyed(refs.rows, tickets, (ticket) => ticket.id, () => clone("row"), (view, ticket) => {
    drawRow(view.refs, ticket, { me: session.me.id, staff: false, here, own: unfinishedIn(ticket.id) });
  });
  const state = list.state === "ready" ? "empty" : list.state === "error" ? "failed" : "loading";
  if (!tickets.length) drawState(refs.state, state);
  import("./list-end.js").then(({ drawEnd }) => drawEnd(refs.state, list)).catch(orTell);
}

/** @param {HTMLElement} place @param {string} state */
function drawState(place, state) {
  if (place.dataset.drawn === state) return;
  place.dataset.drawn = state;
  place.replaceChildren(clone(`rows-${state}`).node);
}
