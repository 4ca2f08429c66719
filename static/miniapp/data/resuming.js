// @ts-check
/** A start with what an earlier one has left in the tab. Loaded where nothing newer is taken: after a reload outside Telegram. */
import { ApiError, renew, request } from "./api.js";

/** By the refresh token; then the pieces of a sign-in's answer, one by one. @param {Desk.Config} config as it was then @returns {Promise<Desk.SignIn>} */
export async function resume(config) {
  if (!(await renew())) throw new ApiError(401);
  const [user, tickets, categories] = await Promise.all([
    request("GET", "me/"),
    request("GET", "tickets/"),
    request("GET", "categories/"),
  ]);
  config.categories = categories.results ?? categories;
  return {
    access: "",
    refresh: "",
    user,
    socket_ticket: "",
    files_token: "",
    server_time: "",
    config,
    tickets,
    ticket: null,
  };
}
