// @ts-check
/** Files that are saved or opened by a press on their link, and pictures: the token in an address may have ended since it was drawn. */
import { toast } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { download, hasDownload } from "../core/manners.js";
import { areEnding } from "../data/api.js";
import { freshFiles, freshUrl, refreshed } from "../data/session.js";

/** @param {HTMLElement} link its `data-name` is the file's @param {Event} event */
export function downloadFile(link, event) {
  const anchor = /** @type {HTMLAnchorElement} */ (link);
  // from the memory of this page, or still on its way
  if (!anchor.pathname.startsWith("/api/")) return anchor.download ? undefined : event.preventDefault();
  if (areEnding()) {
    event.preventDefault();
    return void renewed(anchor);
  }
  anchor.href = refreshed(anchor.pathname);
  if (download(anchor.href, anchor.dataset.name ?? "")) event.preventDefault();
}

/** @param {HTMLAnchorElement} anchor */
async function renewed(anchor) {
  // a tab opens with the press itself, and not once an answer is there
  const tab = anchor.target === "_blank" && !hasDownload() ? open("", "_blank") : null;
  if (tab) tab.opener = null;
  const url = await freshUrl(anchor.pathname);
  if (areEnding()) {
    tab?.close();
    toast(t("error_network"));
  } else if (tab) tab.location.replace(new URL(url, location.href).href);
  else anchor.click();
}

/** A picture that does not load may only lack a fresh token. @param {HTMLImageElement} image */
export async function mend(image) {
  if (!image.src.includes("token=") || image.dataset.again) return image.classList.add("is-broken");
  image.dataset.again = "yes";
  const { pathname, searchParams } = new URL(image.src);
  await freshFiles(searchParams.get("token") ?? "").catch(() => {});
  image.src = refreshed(pathname);
}
