// @ts-check
/** The message that a conversation is to show once it is there: what a search has found in it. */
import { touch } from "../core/store.js";

/** @type {{ticket: string, message: string} | null} */
let wanted = null;

/** The conversation that is open hears of it by the topic `wanted`. @param {string} ticket @param {string} message */
export function want(ticket, message) {
  wanted = { ticket, message };
  touch("wanted");
}

/** Hands it out once, to the conversation that it belongs to. @param {string} ticket */
export function takeWanted(ticket) {
  if (wanted?.ticket !== ticket) return "";
  const { message } = wanted;
  wanted = null;
  return message;
}
