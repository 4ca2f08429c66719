// @ts-check
/** Files that are pasted or dropped. */

/** @param {{add: (files: File[]) => unknown}} picker @param {HTMLElement} area @param {AbortSignal} signal */
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
