// @ts-check
/** Who is here: signing in, the person, the desk's configuration, the server's clock and the key to files. */
import { inTab } from "../core/storage.js";
import { initData } from "../core/telegram.js";
import { ApiError, areEnding, hasRefresh, keepTokens, renew, request, whenRenewed } from "./api.js";

const STORED = "desk.config";

/** @type {{me: Desk.Me, config: Desk.Config, skew: number}} */
export const session = {
  me: { id: "", name: "", role: "customer", language: "" },
  config: {
    version: "",
    bot_username: "",
    categories: [],
    limits: { text: 32_768, subject: 200, files_per_message: 10, file_size: 20_000_000 },
  },
  skew: 0,
};

let filesToken = "";

export const isStaff = () => session.me.role !== "customer";

/** The server's present, whatever the phone's clock says. */
export const serverNow = () => Date.now() + session.skew;

/** @param {string} serverTime */
export function noteServerTime(serverTime) {
  if (serverTime) session.skew = Date.parse(serverTime) - Date.now();
}

/** The secret of a one-time link (`#enter=`), "" where one comes without. It stays in the address until it is used up. */
export const entryCode = () => /^#enter=(.+)/.exec(location.hash)?.[1] ?? "";

/**
 * Signs in with a one-time link or Telegram's data; where that has grown too old since the app was opened, goes on with the refresh token.
 * @returns {Promise<Desk.SignIn>}
 */
export async function signIn() {
  const token = entryCode();
  const forget = () => token && history.replaceState(history.state, "", location.pathname + location.search);
  try {
    if (!token && !initData()) throw new ApiError(401);
    const [path, body] = token ? ["auth/browser/", { token }] : ["auth/telegram/", { init_data: initData() }];
    const answer = await request("POST", path, { body, anonymous: true });
    forget();
    keepTokens(answer);
    return begin(answer);
  } catch (error) {
    if (!(/** @type {any} */ (error).isPassing)) forget();
    // too old, or used too often: a page may be reloaded more often than one may sign in
    if (!(error instanceof ApiError) || ![401, 429].includes(error.status) || !hasRefresh()) throw error;
    return begin(await (await import("./resuming.js")).resume({ ...session.config, ...inTab.get(STORED) }));
  }
}

/** @param {Desk.SignIn} answer */
export function begin(answer) {
  session.me = answer.user;
  session.config = answer.config;
  noteServerTime(answer.server_time);
  noteFilesToken(answer);
  inTab.set(STORED, answer.config);
  return answer;
}

/** @param {{files_token?: string}} answer */
function noteFilesToken({ files_token }) {
  if (files_token) filesToken = files_token;
}
whenRenewed(noteFilesToken);

/** A file's address for <img> and downloads, which cannot carry a header. @param {string} url */
export const fileUrl = (url) => `${url}${url.includes("?") ? "&" : "?"}token=${encodeURIComponent(filesToken)}`;

/** The path with the present token. @param {string} url */
export const refreshed = (url) => url.startsWith("blob:") ? url : fileUrl(url.split("?")[0]);

/** Fetches new keys where the present ones are about to end, or the one to files is that which was refused. @param {string} [refused] */
export async function freshFiles(refused) {
  if (refused === undefined ? areEnding() : refused === filesToken) await renew();
}

/** The address with a token that still holds for some minutes; with the old one where none is to be had. @param {string} url */
export async function freshUrl(url) {
  await freshFiles().catch(() => {});
  return refreshed(url);
}
