// @ts-check
/**
 * The list as it was, for a start that gets no answer. It belongs to whoever opened the app in this client, or to the one
 * tab that a link signed in.
 */
import { inBrowser, inTab } from "../core/storage.js";
import { isLost, watch } from "../core/store.js";
import { initData, isVisible, onVisibility } from "../core/telegram.js";
import { begin, session } from "./session.js";
import { onFrame } from "./socket.js";
import { byNewest, gone, rows, upsert } from "./tickets.js";

const NAME = "desk.kept";
const AFTER_MS = 2_000;
const MOST = 100;
const LONGEST_MS = 7 * 86_400_000;

/** Until when this page knows what happened (milliseconds). */
export const heard = { at: Date.now() };
let ended = false;

const place = () => (initData() ? inBrowser : inTab);

/** Telegram's own word on who opens the app. */
const who = () => JSON.parse(new URLSearchParams(initData()).get("user") ?? "null")?.id ?? 0;

/** From now on. */
export function keep() {
  for (const type of ["heartbeat", "inbox_updated"]) onFrame(type, () => heard.at = Date.now());
  // the words of a message that is deleted stay nowhere
  onFrame("inbox_updated", ({ data }) => data.last_message?.deleted_at && save());
  setTimeout(save, AFTER_MS);
  onVisibility(() => isVisible() || save());
  watch("signed-out", () => {
    ended = true;
    forget();
  });
}

const forget = () => place().set(NAME, null);

function save() {
  if (ended) return;
  const results = [...rows.values()].filter(({ id }) => !gone.has(id)).sort(byNewest).slice(0, MOST);
  const { me: user, config } = session;
  place().set(NAME, { who: who(), at: heard.at, user, config: { ...config, version: undefined }, results });
}

/** What a sign-in would have answered then; null where that is not known, or where it was refused. @param {Desk.ApiError | Error} error @returns {Desk.SignIn | null} */
export function startAsBefore(error) {
  const answered = "isPassing" in error;
  if (!answered && !isLost(error)) return null; // the program's own
  if (answered && !error.isPassing) forget();
  const { who: whose, at, user, config, results } = place().get(NAME) ?? {};
  if (!results || whose !== who() || Date.now() - at > LONGEST_MS) return null;
  heard.at = at;
  results.forEach(upsert);
  const tickets = { results, next: null, at };
  const secrets = { access: "", refresh: "", socket_ticket: "", files_token: "", server_time: "" };
  return begin({ ...secrets, user, config, tickets, ticket: null });
}
