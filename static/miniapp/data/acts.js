// @ts-check
/** What is done with a ticket by a press. Loaded with the first of them. */
import { request } from "./api.js";
import { upsert } from "./tickets.js";

/** Changes a ticket by one of its actions, "" changes its fields. @param {string} id @param {string} action @param {object} body */
export async function act(id, action, body) {
  const ticket =
    await (action
      ? request("POST", `tickets/${id}/${action}/`, { body })
      : request("PATCH", `tickets/${id}/`, { body }));
  if (ticket?.id === id) upsert(ticket);
  return ticket;
}
