// @ts-check
/** Picked files: by the button (one after the other, Android knows no "multiple"), by paste, by drop. Their tiles are ui/picked.js. */
import { setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { orTell } from "../core/store.js";

export class Picker {
  /** @type {Desk.JobFile[]} */
  files = [];

  /** @param {{picked: HTMLElement, input: HTMLInputElement, error: HTMLElement}} parts @param {Desk.PickRules} rules @param {AbortSignal} signal */
  constructor(parts, rules, signal) {
    this.parts = parts;
    this.rules = rules;
    const { input } = parts;
    input.addEventListener("change", () => {
      this.add([...input.files ?? []]);
      input.value = ""; // the same file may be picked again
    }, { signal });
  }

  open() {
    this.parts.input.click();
  }

  /** Takes pasted and dropped files anywhere in the element, once the module for it is there. @param {HTMLElement} area @param {AbortSignal} signal */
  listen(area, signal) {
    import("./picked.js").then(({ takeDropped }) => takeDropped(this, area, signal)).catch(orTell);
  }

  #adding = Promise.resolve();

  /** In the order of the picking. @param {File[]} files */
  add(files) {
    return this.#adding = this.#adding.then(() => this.#add(files));
  }

  /** @param {File[]} files */
  async #add(files) {
    if (!files.length) return;
    try {
      const [{ takeFiles }, taker] = await Promise.all([import("./picked.js"), this.rules.load()]);
      this.setError(await takeFiles(this, files, taker));
    } catch {
      return this.setError(t("error_network"));
    }
    this.draw();
    this.rules.onChange();
  }

  /** @param {string} key */
  remove(key) {
    this.files = this.files.filter((file) => file.key !== key);
    this.setError("");
    this.draw();
    this.rules.onChange();
  }

  /** Hands the files over and starts with none. */
  take() {
    const files = this.files;
    this.files = [];
    this.draw();
    return files;
  }

  /** @param {string} problem */
  setError(problem) {
    this.parts.error.hidden = !problem;
    setText(this.parts.error, problem);
  }

  draw() {
    this.parts.picked.hidden = !this.files.length;
    import("./picked.js").then(({ drawTiles }) => drawTiles(this)).catch(orTell);
  }
}
