// @ts-check
/** The way into the back office, for those who may go there. Loaded with its press. */
import { openOutside } from "../core/manners.js";
import { request } from "../data/api.js";
import { run } from "./running.js";

/** By a link that works once; outside the app, because Telegram shows the app alone. */
export function openAdmin() {
  return run(async () => openOutside((await request("POST", "auth/admin-link/")).url));
}
