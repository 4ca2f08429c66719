// @ts-check
/** What picked files need besides their list: refusals, tiles with previews, and those that are pasted or dropped. */
import { clone, keyed, setText } from "../core/dom.js";
import { sizeOf, t } from "../core/i18n.js";

/**
 * Adds those that may be sent; the last problem of the others, "" for none.
 * @param {Desk.Picker} picker @param {File[]} files @param {Awaited<ReturnType<Desk.PickRules["load"]>>} taker
 */
export async function takeFiles(picker, files, taker) {
  const { most, largest } = picker.rules;
  let problem = "";
  for (const file of files) {
    const refused = await taker.refusal(file);
    if (refused) problem = t(`error_${refused}`, { name: file.name, size: sizeOf(largest) });
    else if (picker.files.length >= most) problem = t("error_too_many_files", { count: most });
    else picker.files.push(taker.pick(file));
  }
  return problem;
}

/** @param {Desk.Picker} picker */
export function drawTiles({ parts, files, rules }) {
  keyed(parts.picked, files, (file) => file.key, () => clone("picked"), (view, file) => {
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
    rules.draw?.(view, file);
  });
}

/** Files that are pasted into the element, or dropped on its screen. @param {Desk.Picker} picker @param {HTMLElement} area @param {AbortSignal} signal */
export function takeDropped(picker, area, signal) {
  const screen = /** @type {HTMLElement} */ (area.closest(".screen") ?? area);
  area.addEventListener("paste", (event) => {
    const files = [...event.clipboardData?.files ?? []];
    if (files.length) event.preventDefault();
    picker.add(files);
  }, { signal });
  screen.addEventListener("dragover", (event) => {
    if (!area.isConnected) return; // nothing is written there any more
    event.preventDefault();
    area.classList.add("is-dropping");
  }, { signal });
  for (const end of ["dragleave", "drop"]) {
    screen.addEventListener(end, () => area.classList.remove("is-dropping"), { signal });
  }
  screen.addEventListener("drop", (event) => {
    if (!area.isConnected) return;
    event.preventDefault();
    picker.add([...event.dataTransfer?.files ?? []]);
  }, { signal });
}

/** A file that is dropped beside takes nobody out of the app, as browsers open it. */
export function refuseDropped() {
  for (const type of /** @type {const} */ (["dragover", "drop"])) {
    addEventListener(type, (event) => {
      const { defaultPrevented, dataTransfer } = event;
      if (defaultPrevented || !dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      dataTransfer.dropEffect = "none";
    });
  }
}
