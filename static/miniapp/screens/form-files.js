// @ts-check
/**
 * The files of a new ticket on their way up, each for itself: one that does not arrive says why, and is tried again or
 * removed without the others. Comes with the first file.
 */
import { onAction, part } from "../core/dom.js";
import { sizeOf, t } from "../core/i18n.js";
import { touch } from "../core/store.js";
import { haptic } from "../core/telegram.js";
import { holdPictures, pick, picturesOf, refusal, upload } from "../data/uploads.js";
import { lateStyles } from "../ui/late.js";
import { drawProgress } from "../ui/progress.js";
import { handOver } from "./pictures.js";

export class FormFiles {
  pick = pick;
  refusal = refusal;
  /** The file that is on its way, and what stops it. @type {{key: string, stop: AbortController} | null} */
  #now = null;
  /** Why a file did not arrive, by its key. @type {Map<string, string>} */
  #problems = new Map();
  /** @type {Promise<void> | null} */
  #running = null;

  /** @param {Desk.Picker} picker @param {AbortSignal} signal the form's @param {() => boolean} isSeen whether its ticket is shown once it is open */
  constructor(picker, signal, isSeen) {
    this.picker = picker;
    this.signal = signal;
    lateStyles().catch(() => {}); // without them all can be pressed too
    picker.rules.draw = (view, file) => this.#draw(view, file);
    onAction(picker.parts.picked, {
      remove: (button) => this.#remove(button.dataset.key ?? ""),
      again: (button) => {
        this.#problems.delete(button.dataset.key ?? "");
        this.#run();
      },
    }, signal);
    signal.addEventListener("abort", () => {
      this.#now?.stop.abort();
      if (isSeen()) handOver(picturesOf(picker.files));
    });
    holdPictures(() => picturesOf(picker.files), signal);
  }

  /** Whether all of them are up in the end. What is up already is not sent twice; what did not arrive is tried again. */
  async send() {
    this.#problems.clear();
    await this.#run();
    return this.picker.files.every(({ attachment }) => attachment);
  }

  /** One after the other, until none is left to be tried. */
  #run() {
    this.#running ??= this.#sendAll().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #sendAll() {
    const next = () => this.picker.files.find(({ attachment, key }) => !attachment && !this.#problems.has(key));
    for (let file; !this.signal.aborted && (file = next()); this.#say()) await this.#send(file);
  }

  /** @param {Desk.JobFile} file */
  async #send(file) {
    const stop = new AbortController();
    this.#now = { key: file.key, stop };
    file.progress = 0;
    this.#say();
    try {
      await upload(file, () => this.picker.draw(), stop.signal);
    } catch (error) {
      if (!stop.signal.aborted) this.#fail(file, /** @type {Desk.ApiError} */ (error));
    } finally {
      this.#now = null;
    }
  }

  /** @param {Desk.JobFile} file @param {Desk.ApiError} error */
  #fail({ key, name }, { message, code }) {
    const size = sizeOf(this.picker.rules.largest);
    this.#problems.set(key, t("file_not_sent", { name, why: message || t(`error_${code}`, { name, size }) }));
    haptic("error");
  }

  /** It stops where it is. @param {string} key */
  #remove(key) {
    if (this.#now?.key === key) this.#now.stop.abort();
    this.#problems.delete(key);
    this.picker.remove(key);
    touch("pictures");
    this.#say();
  }

  #say() {
    this.picker.setError([...this.#problems.values()].join("\n"));
    this.picker.draw();
  }

  /** @param {Desk.Clone} view @param {Desk.JobFile} file */
  #draw(view, { key, name, progress }) {
    drawProgress(view.refs.progress, this.#now?.key === key ? progress : null);
    const again = part(view, "again", this.#problems.has(key));
    if (!again) return;
    again.dataset.key = key;
    again.setAttribute("aria-label", t("send_file_again", { name }));
  }
}
