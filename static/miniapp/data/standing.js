// @ts-check
/**
 * What one may see can change while the app is open: with another role or team the page begins anew, and a ticket that
 * went out of sight while nothing could tell of it leaves the page. Loaded after the first picture.
 */
import { touch } from "../core/store.js";
import { request } from "./api.js";
import { session } from "./session.js";
import { isLive, onFrame } from "./socket.js";
import { drop } from "./tickets.js";

/** What a face and its lists go by. @param {any} me */
const standing = ({ role, team }) => `${role} ${team?.id}`;

/** From now on: with each connection after the first, since the desk ends those of whoever gets another role (docs/live.md). */
export function followStanding() {
  let first = !isLive();
  onFrame("live", async () => {
    if (first) return first = false;
    const me = await request("GET", "me/").catch(() => null); // the next connection asks again
    // as after a sign-out, nothing of what was shown is left; the sign-in goes on
    if (me && standing(me) !== standing(session.me)) touch("signed-out");
  });
  onFrame("error", ({ code, ticket }) => {
    if (code === "not_found" && ticket) drop(ticket);
  });
}
