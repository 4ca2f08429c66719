// @ts-check
/** What one sets at /app/me holds in all tabs of this person in the browser at once. */
import { t } from "../core/i18n.js";
import { inBrowser } from "../core/storage.js";
import { orTell, touch } from "../core/store.js";
import { onTold, tell } from "../data/other-tabs.js";
import { session } from "../data/session.js";
import { insist } from "../ui/late.js";

const root = document.documentElement;

/** Percent of the usual size of the text. */
export const textSize = () => root.dataset.size || "100";

/** @param {string} percent */
export const setTextSize = (percent) => root.dataset.size = percent;

/** How it is set here now. */
export const tellSettings = () => tell("settings", { me: session.me, size: textSize() });

/** As it is set in another tab, from now on. A page in another language does not come anew by itself: it offers to. */
export function followSettings() {
  onTold("settings", ({ me, size }) => {
    const turned = me.language !== session.me.language && me.language !== root.lang;
    session.me = me;
    setTextSize(size);
    touch("me");
    if (inBrowser.get("desk.sound")) insist(() => import("./sounding.js"), ({ startSounding }) => startSounding());
    if (turned) import("../ui/update.js").then(({ showUpdate }) => showUpdate(t("language_changed"))).catch(orTell);
  });
}
