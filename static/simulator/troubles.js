// @ts-check
/** Switches for what may go wrong between Telegram and the bot. */
import { get, post, remove } from "./api.js";
import { el } from "./dom.js";
import { showPopover } from "./menus.js";
import { named, t } from "./texts.js";

const OFFERED = [
  "outage",
  "too_many_requests",
  "server_error",
  "slow",
  "drop_after",
  "drop_before",
  "duplicate_updates",
];

/** @param {HTMLElement} anchor @param {(count: number) => void} onCount */
export async function showTroubles(anchor, onCount) {
  const state = await get("state");
  const rows = OFFERED.map((kind) =>
    row(kind, state.faults.find((/** @type {any} */ fault) => fault.kind === kind), onCount)
  );
  const waiting = el(
    "p",
    { class: "waiting" },
    `${t("pending")}: `,
    el("strong", { text: String(state.pending_updates) }),
  );
  showPopover(anchor, [
    el(
      "div",
      { class: "troubles" },
      el("h2", { text: t("troubles") }),
      el("p", { text: t("troubles_hint") }),
      ...rows,
      waiting,
    ),
  ]);
}

/** @param {string} kind @param {import("./types.js").Fault | undefined} fault @param {(count: number) => void} onCount */
function row(kind, fault, onCount) {
  const box = el("input", { type: "checkbox", role: "switch" });
  let id = fault?.id;
  box.checked = Boolean(fault);
  box.addEventListener("change", async () => {
    if (box.checked) id = (await post("faults", { kind, seconds: 5, retry_after: 5 })).id;
    else if (id) await remove("faults", { id });
    onCount((await get("faults")).length);
  });
  return el("label", { class: "switch" }, box, el("span", { text: named(kind) }));
}
