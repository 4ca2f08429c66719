// @ts-check
/** A start with what an earlier one has left in the tab. Loaded where nothing newer is taken: after a reload outside Telegram. */
import { request } from "./api.js";

/** The pieces of a sign-in's answer, fetched one by one. @param {Desk.Config} config as it was then @returns {Promise<Desk.SignIn>} */
export async function fetchPieces(config) {
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
