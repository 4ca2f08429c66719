// @ts-check
/** Large photos made smaller before they go up. Loaded with the first file that may be one. */

const LONGEST_SIDE = 2560;
/** Where a file's head says whether its picture moves. */
const HEAD_BYTES = 65_536;

/**
 * A picture of more than 2560 pixels a side with that many, in the format it has, so that nothing loses what shines
 * through. What is smaller, what moves, and what the browser cannot read or write stays as it is. @param {File} file
 */
export async function shrink(file) {
  try {
    if (await moves(file)) return file;
    const picture = await createImageBitmap(file);
    const scale = LONGEST_SIDE / Math.max(picture.width, picture.height);
    if (scale >= 1) {
      picture.close();
      return file;
    }
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ done) =>
      canvas.toBlob(done, file.type, 0.86)
    );
    // engines that do not write WebP give PNG
    return blob?.type === file.type && blob.size < file.size ? blob : file;
  } catch {
    return file;
  }
}

/** Whether it is animated: by the flag of a WebP's VP8X chunk, by a PNG's acTL chunk before its first IDAT. @param {File} file */
async function moves(file) {
  const head = new TextDecoder("latin1").decode(await file.slice(0, HEAD_BYTES).arrayBuffer());
  if (file.type === "image/webp") return head.startsWith("VP8X", 12) && Boolean(head.charCodeAt(20) & 2);
  return file.type === "image/png" && head.split("IDAT", 1)[0].includes("acTL");
}
