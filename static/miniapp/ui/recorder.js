// @ts-check
/** Records a voice message: timer, stop, listen, delete or send. Loaded with the press of its button. */
import { clone, onAction, say, setText, toast } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { haptic } from "../core/telegram.js";
import { lateStyles } from "./late.js";
import { toOgg } from "./ogg.js";
import { createPlayer } from "./player.js";
import { voiceType } from "./voice.js";

const LONGEST_MINUTES = 10;
const LONGEST_MS = LONGEST_MINUTES * 60_000;
const TICK_MS = 250;
const BITS_PER_SECOND = 32_000;
let asking = false;

/** Takes what was recorded and neither sent nor deleted. @typedef {(file: Desk.JobFile) => void} Keep */

/** Asks for the microphone and begins. @param {Desk.Composer} composer @param {Keep} keep @param {AbortSignal} signal the screen's */
export async function record(composer, keep, signal) {
  if (asking) return;
  asking = true;
  composer.picker.setError("");
  try {
    await lateStyles();
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    if (signal.aborted) return release(stream);
    new Recorder(composer, stream, keep, signal);
  } catch (error) {
    composer.picker.setError(t(reasonOf(/** @type {Error} */ (error))));
    haptic("error");
  } finally {
    asking = false;
  }
}

/** @param {Error} error */
function reasonOf({ name }) {
  if (name === "NotAllowedError" || name === "SecurityError") return "voice_refused";
  return name === "NotFoundError" ? "voice_no_microphone" : "voice_failed";
}

/** @param {MediaStream} stream */
function release(stream) {
  for (const track of stream.getTracks()) track.stop();
}

class Recorder {
  /** @type {Blob[]} */
  #parts = [];
  #begun = Date.now();
  #length = 0;
  #dropped = false;
  #over = new AbortController();
  /** @type {File | null} */
  #file = null;
  #address = "";

  /** @param {Desk.Composer} composer @param {MediaStream} stream @param {Keep} keep @param {AbortSignal} signal */
  constructor(composer, stream, keep, signal) {
    this.composer = composer;
    this.stream = stream;
    this.keep = keep;
    const { node, refs } = clone("recorder");
    this.node = node;
    this.refs = refs;
    this.recorder = new MediaRecorder(stream, { mimeType: voiceType(), audioBitsPerSecond: BITS_PER_SECOND });
    this.recorder.ondataavailable = ({ data }) => this.#parts.push(data);
    this.recorder.onstop = () => this.#finish();
    onAction(node, {
      dropVoice: () => this.#drop(),
      stopVoice: () => this.#stop(),
      sendVoice: () => this.#send(),
    }, this.#over.signal);
    node.addEventListener("keydown", (event) => this.#onKey(event));
    signal.addEventListener("abort", () => this.#leave(), { signal: this.#over.signal });
    this.timer = setInterval(() => this.#tick(), TICK_MS);
    composer.node.append(node);
    composer.node.classList.add("is-recording");
    this.recorder.start();
    this.#tick();
    refs.stop.focus();
    haptic("light");
    say(t("voice_recording"));
  }

  /** The keys of the app mean nothing here, and Escape deletes. @param {KeyboardEvent} event */
  #onKey(event) {
    event.stopPropagation();
    if (event.key === "Escape") this.#drop();
  }

  #tick() {
    if (!this.node.isConnected) return this.#leave();
    if (this.recorder.state === "inactive") return;
    this.#length = Math.min(Date.now() - this.#begun, LONGEST_MS);
    setText(this.refs.time, clockOf(this.#length));
    if (this.#length < LONGEST_MS) return;
    this.composer.picker.setError(t("voice_longest", { count: LONGEST_MINUTES }));
    this.#stop();
  }

  #stop() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
    release(this.stream);
  }

  /** The last piece has come: it can be listened to. */
  async #finish() {
    release(this.stream);
    if (this.#dropped) return;
    this.#file = await fileOf(new Blob(this.#parts, { type: this.recorder.mimeType }));
    if (this.#dropped) return;
    if (!this.#file) {
      this.composer.picker.setError(t("voice_failed"));
      return this.#close();
    }
    if (!this.node.isConnected) return this.#leave();
    this.#address = URL.createObjectURL(this.#file);
    const media = {
      id: "",
      url: "",
      duration: this.#seconds(),
      kind: "voice",
      poster: "",
      source: () => Promise.resolve(this.#address),
    };
    this.refs.listen.replaceChildren(createPlayer(media).node);
    this.node.classList.add("is-done");
    this.refs.sendVoice.focus();
    say(t("voice_recorded", { time: clockOf(this.#length) }));
  }

  /** Whole ones, as Telegram counts them. */
  #seconds() {
    return Math.max(1, Math.round(this.#length / 1000));
  }

  /** The ticket was left, or closed under it: what was said waits among the picked files, as what was written does. */
  async #leave() {
    this.#stop();
    const file = this.#file;
    if (!file || this.#dropped) return; // its last piece is on its way
    this.#close();
    const taker = await this.composer.owner.rules.load().catch(() => null);
    if (taker) this.keep({ ...taker.pick(file), kind: "voice", duration: this.#seconds() });
  }

  #drop() {
    this.#close();
    say(t("voice_dropped"));
    this.composer.focus();
  }

  async #send() {
    const file = this.#file;
    if (!file) return;
    const taker = await this.composer.owner.rules.load().catch(() => null);
    if (!taker) return toast(t("error_network"));
    if (this.#dropped) return;
    this.#close();
    this.composer.focus(); // first: what is drawn by the sending changes no side under the hand
    this.composer.sendFile({ ...taker.pick(file), kind: "voice", duration: this.#seconds() });
  }

  /** Whatever comes: the microphone is given back. */
  #close() {
    this.#dropped = true;
    clearInterval(this.timer);
    this.#over.abort();
    this.#stop();
    URL.revokeObjectURL(this.#address);
    this.node.remove();
    this.composer.node.classList.remove("is-recording");
  }
}

/** @param {Blob} recorded @returns {Promise<File | null>} */
async function fileOf(recorded) {
  const [type] = recorded.type.split(";");
  if (type !== "audio/webm") return recorded.size ? new File([recorded], nameOf(type), { type }) : null;
  const ogg = toOgg(new Uint8Array(await recorded.arrayBuffer()));
  return ogg && new File([/** @type {BlobPart} */ (ogg)], nameOf("audio/ogg"), { type: "audio/ogg" });
}

/** @param {string} type */
const nameOf = (type) => type === "audio/ogg" ? "voice.ogg" : "voice.m4a";

/** "0:05". @param {number} milliseconds */
function clockOf(milliseconds) {
  const whole = Math.floor(milliseconds / 1000);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
