// @ts-check
/** What is done with a ticket by a press. Loaded with the first of them. */
import { request } from "./api.js";
import { gone, upsert } from "./tickets.js";

/** Changes a ticket by one of its actions, "" changes its fields. Where the socket has told first that this took it out of sight, it stays out. @param {string} id @param {string} action @param {object} body */
export async function act(id, action, body) {
  const wasGone = gone.has(id);
  const ticket =
    await (action
      ? request("POST", `tickets/${id}/${action}/`, { body })
      : request("PATCH", `tickets/${id}/`, { body }));
  if (ticket?.id === id && gone.has(id) === wasGone) upsert(ticket);
  return ticket;
}
