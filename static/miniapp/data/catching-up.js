// @ts-check
/**
 * What lists have missed while no socket could tell: with each connection, the first one too, the desk is asked for what
 * has changed since the sign-in, or since it was last heard. Rows are put in their places, and loaded pages stay; only
 * where that is too much are lists asked for anew. Comes after the first picture.
 */
import { touch } from "../core/store.js";
import { isLive, onFrame, send } from "./socket.js";
import { lists } from "./tickets.js";

/** Until an answer is given up. */
const PATIENCE_MS = 10_000;

/** The server's time up to which all is known, "" where nobody has told it. */
let since = "";
/** Whether this connection has told what was missed before it. */
let caughtUp = false;
let askedAt = 0;

/** From now on. @param {string} moment the server's time of what came with the sign-in */
export function catchUpSince(moment) {
  since = moment;
  let first = true;
  const live = () => {
    caughtUp = false;
    for (const list of lists.values()) {
      if (list.state === "error") list.state = "empty";
      // what a search finds is the desk's to say
      else if (list.late || (list.query.q && !first)) makeStale(list);
    }
    first = false;
    ask();
    touch("tickets");
  };
  onFrame("live", live);
  onFrame("caught_up", ({ data }) => {
    caughtUp = true;
    since = data.server_time;
    if (data.is_whole) return;
    for (const list of lists.values()) makeStale(list);
    for (const topic of ["tickets", "counts"]) touch(topic);
  });
  onFrame("heartbeat", ({ data }) => {
    if (caughtUp) since = data.server_time;
    else if (performance.now() - askedAt > PATIENCE_MS) ask();
  });
  if (isLive()) live();
}

function ask() {
  askedAt = performance.now();
  send({ type: "catch_up", ...(since && { since }) });
}

/** The one that is shown is asked for by its drawing, others once they are shown. @param {Desk.List} list */
function makeStale(list) {
  if (list.state === "ready") list.state = "stale";
}
