// @ts-check
/** Files on their way up: checked first, photos made smaller, sent with progress, and shown from the phone meanwhile. */
import { setClosingConfirmation } from "../core/manners.js";
import { orTell, touch, watch } from "../core/store.js";
import { accessToken, ApiError, errorOf, renew, request } from "./api.js";
import { session } from "./session.js";

const SHRINKABLE = ["image/jpeg", "image/png", "image/webp"];
/** In bytes; what is smaller goes as it is, whatever its sides. */
const WORTH_SHRINKING = 1_500_000;
/** Without a byte more going out. */
const STILL_MS = 45_000;
/** Until the answer, once the browser has handed on the last byte: that may wait in the phone for long. */
const ANSWER_MS = 120_000;

/** What this page has picked itself is shown from memory, by attachment. @type {Map<string, string>} */
export const previews = new Map();

/** Those that stand in memory, by their addresses. @type {Set<string>} */
const made = new Set();
/** What each that shows some still needs of them. @type {Set<() => string[]>} */
const holders = new Set();

/** Keeps pictures in memory. @param {() => string[]} addressesOf of those that are shown, or will be @param {AbortSignal} [signal] */
export function holdPictures(addressesOf, signal) {
  holders.add(addressesOf);
  signal?.addEventListener("abort", () => {
    holders.delete(addressesOf);
    touch("pictures");
  }, { once: true });
}

/** The addresses of files' pictures. @param {Desk.JobFile[]} files */
export const picturesOf = (files) => files.map(({ preview }) => preview);

/** Gives back the memory of those that nobody shows any more. */
function letGo() {
  const held = new Set([...holders].flatMap((addressesOf) => addressesOf()));
  for (const address of made) {
    if (held.has(address)) continue;
    made.delete(address);
    URL.revokeObjectURL(address);
  }
  for (const [id, address] of previews) if (!made.has(address)) previews.delete(id);
}

// once per frame: what goes from hand to hand is held again by then
for (const topic of ["pictures", "unsent"]) watch(topic, letGo);

/** How many are on their way. */
let under = 0;

/** @param {File} file @returns {Desk.JobFile} */
export function pick(file) {
  const preview = file.type.startsWith("image/") ? URL.createObjectURL(file) : "";
  if (preview) made.add(preview);
  return {
    key: crypto.randomUUID(),
    name: file.name || "photo.jpg",
    size: file.size,
    content_type: file.type,
    file,
    attachment: null,
    progress: 0,
    preview,
  };
}

/** How programs begin, for Windows and for Linux: the server refuses them. */
const PROGRAMS = ["MZ", "\x7fELF"];

/** Why a file cannot be sent, "" if it can. @param {File} file @returns {Promise<"" | "file_empty" | "file_too_large" | "file_refused">} */
export async function refusal(file) {
  if (file.size === 0) return "file_empty";
  // a large photo is made smaller before it goes
  if (file.size > session.config.limits.file_size && !SHRINKABLE.includes(file.type)) return "file_too_large";
  const head = await file.slice(0, 4).text().catch(() => ""); // one that cannot be read is refused at its upload
  return PROGRAMS.some((sign) => head.startsWith(sign)) ? "file_refused" : "";
}

/**
 * Uploads one file and puts the attachment into it. Meanwhile Telegram asks before it closes the app.
 * @param {Desk.JobFile} file
 * @param {() => void} onProgress
 * @param {AbortSignal} signal
 */
export async function upload(file, onProgress, signal) {
  if (!under++) setClosingConfirmation(true);
  try {
    await bring(file, onProgress, signal);
  } finally {
    if (!--under) setClosingConfirmation(false);
  }
}

/** @param {Desk.JobFile} file @param {() => void} onProgress @param {AbortSignal} signal */
async function bring(file, onProgress, signal) {
  if (file.saved) return copySaved(file);
  if (!file.file) throw new ApiError(400, { code: "photo_lost" });
  const body = await smaller(file.file);
  if (body.size > session.config.limits.file_size) throw new ApiError(413, { code: "file_too_large" });
  try {
    file.attachment = await send(body, file, onProgress, signal);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401 || !(await renew())) throw error;
    file.attachment = await send(body, file, onProgress, signal);
  }
  if (file.preview) previews.set(file.attachment.id, file.preview);
}

/** Of a saved reply: where that is gone meanwhile, the message can go without it. @param {Desk.JobFile} file */
async function copySaved(file) {
  try {
    file.attachment = await request("POST", `files/${file.saved}/copy/`);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    delete file.saved;
    throw new ApiError(404, { code: "saved_file_gone" });
  }
}

/**
 * XMLHttpRequest, because fetch does not tell how far an upload has come. It may take as long as it gets on.
 * @param {Blob} body
 * @param {Desk.JobFile} file
 * @param {() => void} onProgress
 * @param {AbortSignal} signal
 * @returns {Promise<Desk.Attachment>}
 */
function send(body, file, onProgress, signal) {
  return new Promise((resolve, reject) => {
    if (signal.aborted) throw new ApiError(0, { code: "aborted" }); // while it was made smaller
    const call = new XMLHttpRequest();
    call.open("POST", "/api/v1/files/");
    call.setRequestHeader("Authorization", `Bearer ${accessToken()}`);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let limit;
    const wait = (/** @type {number} */ most) => {
      clearTimeout(limit);
      limit = setTimeout(() => {
        reject(new ApiError(0));
        call.abort();
      }, most);
    };
    call.upload.onprogress = (event) => {
      wait(STILL_MS);
      file.progress = event.loaded / event.total;
      onProgress();
    };
    call.upload.onload = () => wait(ANSWER_MS);
    call.onloadend = () => clearTimeout(limit);
    call.onload = () => {
      try {
        if (call.status < 300) return resolve(JSON.parse(call.responseText));
      } catch {
        return reject(new ApiError(0)); // the page of some proxy
      }
      const error = new ApiError(call.status, errorOf(call.responseText));
      error.retryAfter = Number(call.getResponseHeader("Retry-After")) || 0;
      reject(error);
    };
    call.onerror = () => reject(new ApiError(0));
    call.onabort = () => reject(new ApiError(0, { code: "aborted" }));
    signal.addEventListener("abort", () => call.abort(), { once: true });
    const form = new FormData();
    if (file.duration) form.append("duration", String(file.duration));
    form.append("file", body, file.name);
    wait(STILL_MS);
    call.send(form);
  });
}

/** A photo of many pixels is made smaller, where the browser can, by a module that comes with the first large file; else it goes as it is where it may. @param {File} file */
async function smaller(file) {
  if (!SHRINKABLE.includes(file.type) || file.size < WORTH_SHRINKING) return file;
  const found = await import("./shrinking.js").catch(orTell);
  if (!found && file.size > session.config.limits.file_size) throw new ApiError(0);
  return found ? found.shrink(file) : file;
}
