// @ts-check
/** Requests to the API: the token, time limits, errors with stable codes, and one sign-in again when a token has ended. */
import { inTab } from "../core/storage.js";
import { initData } from "../core/telegram.js";
import { touch } from "../core/store.js";

const ROOT = "/api/v1/";
const STORED = "desk.tokens";
const TIMEOUT_MS = 15_000;
const READ_RETRIES_MS = [400, 1500];
// the server's limit is ten minutes
const TOKENS_MS = 9 * 60_000;
const RENEW_AGAIN_MS = 60_000;

/** `status` 0: the network failed or took too long, so the server may or may not have done it. */
export class ApiError extends Error {
  /** @param {number} status @param {{code?: string, message?: string, fields?: Record<string, string[]>, data?: any}} [body] */
  constructor(status, body = {}) {
    super(body.message ?? "");
    this.status = status;
    this.code = body.code ?? (status ? "unexpected" : "network");
    this.fields = body.fields ?? {};
    this.data = body.data ?? {};
    // seconds
    this.retryAfter = 0;
  }

  /** Whether the same request may succeed later. */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Whether somebody has signed in in this tab, also where that has ended. */
export const wasSignedIn = Boolean(inTab.get(STORED));
/** @type {{access: string, refresh: string}} */
let tokens = { access: "", refresh: "", ...inTab.get(STORED) };
let renewAt = tokens.access ? 0 : Infinity; // an earlier page's may have ended
let triedAt = 0;
/** @type {Promise<boolean> | null} */
let renewing = null;
/** @type {Set<(answer: any) => void>} */
const onRenewed = new Set();

/** @param {{access: string, refresh: string}} pair */
export function keepTokens({ access, refresh }) {
  tokens = { access, refresh };
  renewAt = Date.now() + TOKENS_MS;
  inTab.set(STORED, tokens);
}

export const accessToken = () => tokens.access;
/** Whether this page's keys, the one to files too, are about to end. */
export const areEnding = () => Date.now() > renewAt;
export const hasRefresh = () => Boolean(tokens.refresh);

/** Runs with the answer of a refresh or a new sign-in (both bring a files token). @param {(answer: any) => void} run */
export function whenRenewed(run) {
  onRenewed.add(run);
}

/**
 * One request; resolves with the answer's body, rejects with ApiError.
 * @param {string} method
 * @param {string} path behind /api/v1/, or a whole address of our own (`next`)
 * @param {{body?: object, signal?: AbortSignal, anonymous?: boolean, keepalive?: boolean}} [options] `keepalive`: it goes on where the page ends
 * @returns {Promise<any>}
 */
export async function request(method, path, options = {}) {
  const retries = method === "GET" ? READ_RETRIES_MS : [];
  for (let attempt = 0;; attempt++) {
    try {
      return await authorised(method, path, options);
    } catch (error) {
      const passing = error instanceof ApiError && (error.status === 0 || error.status >= 502);
      if (!passing || attempt >= retries.length || options.signal?.aborted) throw error;
      await new Promise((resume) => setTimeout(resume, retries[attempt]));
    }
  }
}

/** @param {string} method @param {string} path @param {{body?: object, signal?: AbortSignal, anonymous?: boolean, keepalive?: boolean}} options */
async function authorised(method, path, options) {
  // what may be the page's last waits for nothing: its key holds for a minute yet
  if (
    !options.anonymous && !options.keepalive && (renewing || (areEnding() && Date.now() > triedAt + RENEW_AGAIN_MS))
  ) {
    await renew().catch(() => {});
  }
  try {
    return await send(method, path, options);
  } catch (error) {
    const ended = error instanceof ApiError && error.status === 401 && !options.anonymous;
    if (!ended || !(await renew())) throw error;
    return await send(method, path, options);
  }
}

/** @param {string} method @param {string} path @param {{body?: object, signal?: AbortSignal, anonymous?: boolean, keepalive?: boolean}} options */
async function send(method, path, { body, signal, anonymous, keepalive }) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  if (!anonymous && tokens.access) headers.Authorization = `Bearer ${tokens.access}`;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), TIMEOUT_MS);
  const stop = () => limit.abort();
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop(); // while the keys were renewed
  try {
    const url = /^(https?:|\/)/.test(path) ? new URL(path, location.origin).href : ROOT + path;
    const answer = await fetch(url, {
      method,
      headers,
      body: body && JSON.stringify(body),
      signal: limit.signal,
      keepalive,
    });
    const text = await answer.text();
    if (!answer.ok) throw refused(answer, text);
    return text ? JSON.parse(text) : null;
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError(0);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/** @param {Response} answer @param {string} text */
function refused(answer, text) {
  const error = new ApiError(answer.status, errorOf(text));
  error.retryAfter = Number(answer.headers.get("Retry-After")) || 0;
  return error;
}

/** @param {string} text */
export function errorOf(text) {
  try {
    return JSON.parse(text).error ?? {};
  } catch {
    // a proxy's page
    return {};
  }
}

/** A new access token: by the refresh token, else by Telegram's data; false (and the sign-in screen) where neither is taken. */
export function renew() {
  renewing ??= renewOnce().finally(() => {
    renewing = null;
  });
  return renewing;
}

async function renewOnce() {
  triedAt = Date.now();
  /** @type {[string, object][]} */
  const ways = [];
  if (tokens.refresh) ways.push(["auth/refresh/", { refresh: tokens.refresh }]);
  if (initData()) ways.push(["auth/telegram/", { init_data: initData() }]);
  for (const [path, body] of ways) {
    try {
      const answer = await send("POST", path, { body, anonymous: true });
      keepTokens(answer);
      for (const run of onRenewed) run(answer);
      return true;
    } catch (error) {
      const { isPassing, status } = /** @type {ApiError} */ (error);
      if (status === 403) { // banned: the next page asks once more, and says so
        renewAt = Infinity;
        touch("signed-out");
      } // no network is no reason to sign anybody out
      else if (isPassing === false) continue;
      throw error;
    }
  }
  keepTokens({ access: "", refresh: "" });
  touch("signed-out");
  return false;
}
