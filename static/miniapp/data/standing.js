// @ts-check
/**
 * What one may see can change while the app is open: with another role or team the page begins anew, and a ticket that
 * went out of sight while nothing could tell of it leaves the page. Loaded after the first picture.
 */
import { touch } from "../core/store.js";
import { session } from "./session.js";
import { onFrame } from "./socket.js";
import { drop } from "./tickets.js";

/** From now on: each connection says what it sees as, and the desk ends those of whoever gets another role (docs/live.md). */
export function followStanding() {
  onFrame("caught_up", ({ data: { role, team } }) => {
    const { me } = session;
    // as after a sign-out, nothing of what was shown is left; the sign-in goes on
    if (role !== me.role || (team ?? null) !== (me.team?.id ?? null)) touch("signed-out");
  });
  onFrame("error", ({ code, ticket }) => {
    if (code === "not_found" && ticket) drop(ticket);
  });
}
