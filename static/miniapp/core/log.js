// @ts-check
/**
 * Tells the desk what goes wrong in this browser (config/client_errors.py): the name of an error and its places in the
 * program, never what somebody wrote. Comes after the first picture; what happened before waits for it (boot.js).
 */
import { byId } from "./dom.js";

/** A page's; what goes on breaking says nothing new. */
const MOST = 5;
const FRAMES = 12;
/** What engines say in words of their own. All else may quote a text, and stays here. */
const ENGINES = /^(?:Type|Reference|Range|Internal)Error$|^DOMException$/;
const WORDS = new RegExp(
  "^(?:" + [
    String.raw`Cannot (?:read|set) propert(?:ies|y) of (?:undefined|null)(?: \(\w+ '[\w$]{1,40}'\))?`,
    String.raw`[\w$.]{1,60} is (?:not (?:a function|a constructor|defined|iterable)|undefined|null)\b`,
    String.raw`(?:undefined|null) is not an object(?: \(evaluating '[\w$.]{1,60}'\))?`,
    String.raw`Can't find variable: [\w$]{1,40}|Cannot access '[\w$]{1,40}' before initialization`,
    String.raw`Failed to execute '\w{1,40}' on '\w{1,40}'|Failed to construct '\w{1,40}'`,
    String.raw`Failed to fetch(?: dynamically imported module)?|Load failed|NetworkError when attempting to fetch`,
    String.raw`Assignment to constant variable|Maximum call stack size exceeded|too much recursion|Invalid time value`,
  ].join("|") + ")",
);
/** `at run (https://desk/static/a.js:1:2)` of Chromium, `run@https://desk/static/a.js:1:2` of the others. */
const FRAME = /^\s*(?:at )?(?:async )?([\w$.#<> ]*?)[ @(]*\w+:\/\/[^/\s]+(\/[\w./-]+:\d+:\d+)/;

/** @type {Set<string>} */
const told = new Set();

/** Never throws: its own error would come here again. @param {Event} event @param {string} access the token of who is signed in, "" for nobody */
export function report(event, access) {
  try {
    const found = describe(/** @type {any} */ (event));
    const body = JSON.stringify({
      ...found,
      page: location.pathname,
      version: JSON.parse(byId("boot").textContent).version,
    });
    if (!found || told.has(body) || told.size >= MOST) return;
    told.add(body);
    send(body, access);
  } catch { /* then the desk does not hear of it */ }
}

/** @param {any} event */
function describe(event) {
  const file = event.filename || event.sourceFile || "";
  const place = `${file}:${event.lineno ?? event.lineNumber}:${event.colno ?? event.columnNumber}`;
  // of a browser's extensions, and a browser's note that a layout takes one frame more
  if (/-extension:/.test(place) || /^ResizeObserver loop/.test(event.message)) return null;
  if (event.type === "securitypolicyviolation") {
    const detail = /^\w+:\/\/[^/]*|^[\w-]+/.exec(event.blockedURI)?.[0] ?? "";
    return { kind: "policy", name: event.effectiveDirective, detail, stack: framesOf(place) };
  }
  const error = event.error ?? event.reason;
  return {
    kind: event.type === "error" ? "error" : "rejection",
    name: error?.constructor?.name || typeof error,
    detail: detailOf(error),
    stack: framesOf(error?.stack || place),
  };
}

/** An answer's code, or an engine's own words. @param {any} error */
function detailOf(error) {
  if (typeof error?.code === "string") return `${error.status} ${error.code}`.replace(/[^ -~]/g, "").slice(0, 60);
  return ENGINES.test(error?.constructor?.name) ? WORDS.exec(error.message)?.[0] ?? "" : "";
}

/** @param {string} stack */
function framesOf(stack) {
  const frames = String(stack).split("\n").map((line) => FRAME.exec(line)).filter((found) => found !== null);
  return frames.slice(0, FRAMES).map(([, run, place]) => `${run.slice(0, 60)} ${place.slice(-120)}`.trim());
}

/** Without a network it goes out once that is back, with a token that has ended as nobody's. @param {string} body @param {string} access */
function send(body, access) {
  /** @type {Record<string, string>} */
  const headers = { "Content-Type": "application/json" };
  if (access) headers.Authorization = `Bearer ${access}`;
  fetch("/api/v1/client-errors/", { method: "POST", keepalive: true, headers, body })
    .then(({ status }) => status === 401 && access && send(body, ""))
    .catch(() => addEventListener("online", () => send(body, access), { once: true }));
}
