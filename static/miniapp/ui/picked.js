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

/** Files that are pasted into the element or dropped on it. @param {Desk.Picker} picker @param {HTMLElement} area @param {AbortSignal} signal */
export function takeDropped(picker, area, signal) {
  area.addEventListener("paste", (event) => {
    const files = [...event.clipboardData?.files ?? []];
    if (files.length) event.preventDefault();
    picker.add(files);
  }, { signal });
  area.addEventListener("dragover", (event) => {
    event.preventDefault();
    area.classList.add("is-dropping");
  }, { signal });
  for (const end of ["dragleave", "drop"]) {
    area.addEventListener(end, () => area.classList.remove("is-dropping"), { signal });
  }
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    picker.add([...event.dataTransfer?.files ?? []]);
  }, { signal });
}
