// @ts-check
/** A quiet bar: the desk has a new version, or the page another language. The page never reloads by itself; drafts and what waits are kept already. */
import { byId, clone, toast } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { leaveOnceFree } from "../core/manners.js";
import { lateStyles } from "./late.js";

/** Once, however often it is told. @param {string} [why] */
export async function showUpdate(why) {
  await lateStyles();
  if (document.querySelector(".update")) return;
  const { node, refs } = clone("update");
  if (why) refs.why.textContent = why;
  refs.reload.addEventListener("click", () => {
    if (!leaveOnceFree(() => location.reload())) toast(t("reload_waits"));
  });
  byId("connection").before(node);
}
