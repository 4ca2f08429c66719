// @ts-check
/** The one socket: connects, notices silence, connects again for ever, and hands frames to those who asked for them. */
import { isVisible, onVisibility } from "../core/telegram.js";
import { touch } from "../core/store.js";
import { request } from "./api.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const STEADY_MS = 3_000;
const QUIET_MS = 30_000;
const DEAD_MS = 40_000;
const CHECK_MS = 5_000;
const OPEN_LIMIT_MS = 10_000;
const SOON_MS = 1_200;
/** The same where the network may be well and slow: somebody looks again. */
const LOOK_MS = 4_000;

/** @type {WebSocket | null} */
let socket = null;
/** @typedef {"connecting" | "live" | "retrying"} State */
/** @type {State} */
let state = "connecting";
let attempt = 0;
let heardAt = 0;
let ticket = "";
let ended = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let retryTimer;
/** @type {Map<string, Set<(frame: Desk.Frame) => void>>} */
const listeners = new Map();
/** What is followed, with the last sequence that is known of it. @type {Map<string, () => number>} */
const followed = new Map();

export const isLive = () => state === "live";

/** @param {string} type a frame's type, or "live" for each new connection @param {(frame: Desk.Frame) => void} run */
export function onFrame(type, run) {
  listeners.set(type, (listeners.get(type) ?? new Set()).add(run));
}

/** @param {string} socketTicket the one that came with the sign-in, "" to fetch one */
export function startSocket(socketTicket) {
  ticket = socketTicket;
  addEventListener("online", () => hurry(SOON_MS));
  onVisibility(() => isVisible() && hurry(LOOK_MS));
  setInterval(check, CHECK_MS);
  connect();
}

/** Sends a frame if the socket is open; what must not be lost goes by request instead. @param {object} frame */
export function send(frame) {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify(frame));
  return true;
}

/** Follows a ticket through every reconnection. @param {string} id @param {() => number} known its sequence, -1 for none */
export function follow(id, known) {
  followed.set(id, known);
  subscribe(id);
}

/** @param {string} id */
export function unfollow(id) {
  if (followed.delete(id)) send({ type: "unsubscribe", ticket: id });
}

/** Asks again for what comes after the sequence that is known. @param {string} id */
export function subscribe(id) {
  const after = followed.get(id)?.() ?? -1;
  return send({ type: "subscribe", ticket: id, ...(after >= 0 && { after }) });
}

async function connect() {
  clearTimeout(retryTimer);
  if (ended || socket) return;
  const stop = new AbortController();
  const { signal } = stop;
  socket = /** @type {any} */ ({ close: () => stop.abort(), readyState: 0 });
  try {
    const mine = ticket || (await request("POST", "auth/socket-ticket/", { signal })).ticket;
    ticket = "";
    if (!signal.aborted) open(mine);
  } catch (error) {
    if (signal.aborted) return;
    socket = null;
    // 401 has already led to the sign-in screen
    ended = /** @type {any} */ (error).status === 401;
    retryLater();
  }
}

/** @param {string} oneTimeTicket */
function open(oneTimeTicket) {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const mine = socket = new WebSocket(`${scheme}://${location.host}/ws/`, ["desk.v1", oneTimeTicket]);
  const limit = setTimeout(() => mine.close(), OPEN_LIMIT_MS);
  mine.onopen = () => {
    clearTimeout(limit);
    heardAt = Date.now();
    // a server that takes us and drops us at once must not be hammered
    setTimeout(() => mine.readyState === WebSocket.OPEN && (attempt = 0), STEADY_MS);
    for (const id of followed.keys()) subscribe(id);
    setState("live");
    hand({ type: "live" });
  };
  mine.onmessage = (event) => {
    heardAt = Date.now();
    hand(JSON.parse(event.data));
  };
  mine.onclose = () => {
    clearTimeout(limit);
    if (socket !== mine) return;
    socket = null;
    retryLater();
  };
}

/** @param {Desk.Frame} frame */
function hand(frame) {
  for (const run of listeners.get(frame.type) ?? []) run(frame);
}

function retryLater() {
  setState("retrying");
  if (ended) return;
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt++);
  retryTimer = setTimeout(connect, wait * (0.5 + Math.random() / 2));
}

/** The network or the reader is back: do not wait any longer, neither for a socket that says nothing nor for a try that hangs. @param {number} patience milliseconds for an answer */
function hurry(patience) {
  attempt = 0;
  const [mine, asked] = [socket, Date.now()];
  if (!mine) return connect();
  send({ type: "ping" });
  setTimeout(() => {
    if (socket !== mine || heardAt >= asked) return;
    drop();
    connect();
  }, patience);
}

/** A socket can die without a word: ask after a silence, and give it up after a longer one. */
function check() {
  if (state !== "live" || !socket) return;
  const silence = Date.now() - heardAt;
  if (silence > DEAD_MS) drop();
  else if (silence > QUIET_MS) send({ type: "ping" });
}

function drop() {
  const dead = socket;
  socket = null;
  dead?.close();
  retryLater();
}

/** @param {State} next */
function setState(next) {
  if (state === next) return;
  state = next;
  touch("connection");
}
