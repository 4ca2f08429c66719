// @ts-check
/** A quiet bar: the desk has a new version. The page never reloads by itself; drafts and what waits are kept already. */
import { byId, clone } from "../core/dom.js";
import { lateStyles } from "./late.js";

/** Once, however often it is told. */
export async function showUpdate() {
  await lateStyles();
  if (document.querySelector(".update")) return;
  const { node, refs } = clone("update");
  refs.reload.addEventListener("click", () => location.reload());
  byId("connection").before(node);
}
