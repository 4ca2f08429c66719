// @ts-check
/** The chats that one person has: with the bot, groups, and those with companies whose own account the bot serves. */
import { post } from "./api.js";
import { el } from "./dom.js";
import { t } from "./texts.js";

/** @typedef {import("./store.js").View} View */
/** connection: of a company's own account, "" elsewhere. @typedef {{ id: number, connection: string }} Place */

/** The accounts to which this person may write. @param {View} view */
const companies = (view) => view.accounts.filter(({ owner, is_enabled }) => is_enabled && owner !== view.id);

/** The same place, or the chat with the bot where it is no longer there. @param {View} view @param {Place} place @returns {Place} */
export function stillThere(view, place) {
  const there = place.connection
    ? companies(view).some(({ id }) => id === place.connection)
    : view.chats.some(({ id }) => id === place.id);
  return there ? place : { id: view.id, connection: "" };
}

/** @param {import("./types.js").Message} message @param {Place} place */
export const isIn = (message, { id, connection }) =>
  message.chat.id === id && (message.business_connection_id ?? "") === connection;

/** What the chat is called. @param {View} view @param {Place} place @param {string} bot */
export function titleOf(view, { id, connection }, bot) {
  return view.accounts.find((account) => account.id === connection)?.name ??
    view.chats.find((chat) => chat.id === id)?.title ?? bot;
}

/** A tab for each; none where there is only one. @param {HTMLElement} node @param {View} view @param {Place} chosen @param {string} bot @param {(place: Place) => void} choose */
export function drawChats(node, view, chosen, bot, choose) {
  const places = [
    ...view.chats.map(({ id }) => ({ id, connection: "" })),
    ...companies(view).map((account) => ({ id: view.id, connection: account.id })),
  ];
  node.hidden = places.length < 2;
  node.replaceChildren(...places.map((place) =>
    el("button", {
      type: "button",
      role: "tab",
      "aria-selected": String(place.id === chosen.id && place.connection === chosen.connection),
      text: titleOf(view, place, bot),
      click: () => choose(place),
    })
  ));
}

/** What the person's own menu says of their account: to connect it to the bot, or to take it away. @param {View} view @param {(error: unknown) => void} fail */
export function accountItem(view, fail) {
  const own = view.accounts.find(({ owner }) => owner === view.id);
  const values = { id: own?.id ?? `account-${view.id}`, user_id: view.id, is_enabled: !own?.is_enabled };
  return {
    icon: "person",
    text: t(own?.is_enabled ? "disconnect_account" : "connect_account"),
    run: () => void post("business", values).catch(fail),
  };
}

/** How a message is deleted where it stands. @param {import("./types.js").Message} message @returns {[string, object]} */
export function deletion({ business_connection_id: connection, message_id }) {
  return connection ? ["business-delete", { connection, message_ids: [message_id] }] : ["delete", {}];
}
