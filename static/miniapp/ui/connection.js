// @ts-check
/** The bar that tells of a connection that is gone. Comes once the app is there. */
import { byId, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { watch } from "../core/store.js";

const QUIET_MS = 1_500;

/** From now on. @param {() => boolean} isLive the socket */
export function followConnection(isLive) {
  const bar = byId("connection");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const draw = () => {
    clearTimeout(timer);
    const text = navigator.onLine ? (isLive() ? "" : t("connecting")) : t("offline");
    const show = () => {
      bar.hidden = !text;
      setText(bar, text);
    };
    // a short break is nobody's business
    if (text && bar.hidden) timer = setTimeout(show, QUIET_MS);
    else show();
  };
  watch("connection", draw);
  for (const event of ["online", "offline"]) addEventListener(event, draw);
  draw();
}
