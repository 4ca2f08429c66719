// @ts-check
/** The sheet with what a message was before its edits. Loaded with the press on "edited". */
import { clone, keyed, setText } from "../core/dom.js";
import { fullTimeOf, t } from "../core/i18n.js";
import { request } from "../data/api.js";
import { freshUrl } from "../data/session.js";
import { lateStyles } from "../ui/late.js";
import { richText } from "../ui/rich-text.js";
import { openSheet } from "../ui/sheet.js";
import { run } from "./running.js";

/** @typedef {{text: string, entities: Desk.Entity[], attachments: Desk.Attachment[], written_at: string}} Version */

/** The last of them first. @param {string} id the message's @param {AbortSignal} signal */
export async function showVersions(id, signal) {
  /** @type {Version[]} */
  let versions = [];
  const found = await run(async () => {
    versions = (await request("GET", `messages/${id}/history/`)).results;
    await lateStyles();
  });
  if (!found || signal.aborted) return;
  const { node, refs } = clone("versions");
  keyed(refs.list, versions.reverse(), (version) => version.written_at, createVersion, () => {});
  const dialog = /** @type {HTMLDialogElement} */ (node);
  signal.addEventListener("abort", () => dialog.close(), { once: true });
  openSheet(dialog);
}

/** @param {Version} version @returns {Desk.Clone} */
function createVersion({ text, entities, attachments, written_at }) {
  const view = clone("version");
  const { time, words, files } = view.refs;
  setText(time, fullTimeOf(written_at));
  time.dateTime = written_at;
  words.append(...richText(text, entities));
  files.append(...attachments.map(linkOf));
  return view;
}

/** A former file; its picture where it has one. @param {Desk.Attachment} file */
function linkOf({ name, state, url, thumbnail_url }) {
  const link = document.createElement("a");
  link.textContent = state === "ready" ? name : `${name}: ${t("file_failed")}`;
  if (state !== "ready") return link;
  link.target = "_blank";
  link.rel = "noopener";
  freshUrl(url).then((address) => link.href = address);
  if (thumbnail_url) {
    const image = new Image();
    image.alt = name;
    freshUrl(thumbnail_url).then((address) => image.src = address);
    link.replaceChildren(image);
  }
  return link;
}
