// @ts-check
/** Photos made smaller before they go up. Loaded with the first large one. */

const LONGEST_SIDE = 2560;

/** A photo with at most 2560 pixels a side; what the browser cannot read stays as it is. @param {File} file */
export async function shrink(file) {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ done) =>
      canvas.toBlob(done, "image/jpeg", 0.86)
    );
    return blob && blob.size < file.size ? blob : file;
  } catch {
    return file;
  }
}
