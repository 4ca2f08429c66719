// @ts-check
/** Picked files with previews: by the button (one after the other, Android knows no "multiple"), by paste, by drop. */
import { clone, keyed, setText } from "../core/dom.js";
import { sizeOf, t } from "../core/i18n.js";

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
    import("./dropping.js").then(({ takeDropped }) => takeDropped(this, area, signal)).catch(() => {});
  }

  #adding = Promise.resolve();

  /** In the order of the picking. @param {File[]} files */
  add(files) {
    return this.#adding = this.#adding.then(() => this.#add(files));
  }

  /** @param {File[]} files */
  async #add(files) {
    if (!files.length) return;
    const { most, largest, load } = this.rules;
    const taker = await load().catch(() => null);
    if (!taker) return this.setError(t("error_network"));
    let problem = "";
    for (const file of files) {
      const refused = await taker.refusal(file);
      if (refused) problem = t(`error_${refused}`, { name: file.name, size: sizeOf(largest) });
      else if (this.files.length >= most) problem = t("error_too_many_files", { count: most });
      else this.files.push(taker.pick(file));
    }
    this.setError(problem);
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
    keyed(this.parts.picked, this.files, (file) => file.key, () => clone("picked"), (view, file) => {
      const { refs } = view;
      const { image, icon } = refs;
      if (file.preview && !image.src) {
        image.src = file.preview;
        image.hidden = false;
        icon.setAttribute("hidden", "");
        // some Android clients cannot show what was just picked: the name must do
        image.onerror = () => {
          image.hidden = true;
          icon.removeAttribute("hidden");
        };
      }
      setText(refs.name, `${file.name} · ${sizeOf(file.size)}`);
      refs.remove.dataset.key = file.key;
      refs.remove.setAttribute("aria-label", t("remove_file", { name: file.name }));
      this.rules.draw?.(view, file);
    });
  }
}
