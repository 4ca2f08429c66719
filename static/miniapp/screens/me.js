// @ts-check
/** One's own screen: whether one is there, the language, how one is told, and the way into an ordinary browser. */
import { setCookie } from "../core/cookies.js";
import { byId, clone, onAction, setText, toast } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { leaveOnceFree } from "../core/manners.js";
import { back } from "../core/router.js";
import { inBrowser } from "../core/storage.js";
import { watch } from "../core/store.js";
import { request } from "../data/api.js";
import { session } from "../data/session.js";
import { chime, unlock } from "../ui/chime.js";
import { lateStyles } from "../ui/late.js";
import { drawAvatar } from "../ui/words.js";
import { copy, run } from "./running.js";
import { setTextSize, tellSettings, textSize } from "./settings.js";
import { startSounding } from "./sounding.js";

const HOLDS = [0, 5, 10]; // seconds
const SIZES = [100, 115, 130]; // percent, as in styles/base.css
const SIZE_DAYS = 365;

/** @param {HTMLElement} root @param {string[]} _params @param {AbortSignal} signal */
export async function mountMe(root, _params, signal) {
  await lateStyles();
  const { node, refs } = clone("me");
  onAction(node, { back, link: () => makeLink(refs), copy: () => copy(refs.url.value) }, signal);
  fillChoices(refs);
  refs.available.addEventListener("change", () => {
    save(refs, { availability: refs.available.checked ? "available" : "away" });
  });
  refs.telegram.addEventListener("change", () => {
    save(refs, { preferences: { ...session.me.preferences, telegram: refs.telegram.checked } });
  });
  refs.language.addEventListener("change", async () => {
    const language = refs.language.value;
    // the page comes anew in that language
    if (!await save(refs, { language })) return;
    const query = new URLSearchParams(location.search);
    query.set("lang", language);
    if (!leaveOnceFree(() => location.replace(`?${query}${location.hash}`))) toast(t("reload_waits"));
  });
  refs.hold.addEventListener("change", () => inBrowser.set("desk.hold", Number(refs.hold.value)));
  for (const name of ["keys", "enter"]) {
    refs[name].addEventListener("change", () => inBrowser.set(`desk.${name}`, refs[name].checked));
  }
  refs.size.addEventListener("change", () => {
    const { value } = refs.size;
    setTextSize(value);
    setCookie("desk_size", value, SIZE_DAYS); // the next page comes in it
  });
  refs.sound.addEventListener("change", () => {
    inBrowser.set("desk.sound", refs.sound.checked);
    if (!refs.sound.checked) return;
    startSounding();
    unlock();
    chime(); // so that one knows it
  });
  // what the browser keeps is told at once, what the desk keeps with its answer
  node.addEventListener("change", tellSettings, { signal });
  watch("me", () => draw(refs), signal);
  draw(refs);
  root.replaceChildren(node);
}

/** @param {Record<string, any>} refs */
function fillChoices(refs) {
  const { languages } = JSON.parse(byId("boot").textContent);
  for (const code of languages) {
    const name = new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
    refs.language.append(new Option(name.charAt(0).toLocaleUpperCase(code) + name.slice(1), code));
  }
  const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
  for (const size of SIZES) refs.size.append(new Option(percent.format(size / 100), String(size)));
  for (const count of HOLDS) {
    refs.hold.append(new Option(count ? t("seconds", { count }) : t("at_once"), String(count)));
  }
}

/** @param {Record<string, any>} refs */
function draw(refs) {
  const { me } = session;
  drawAvatar(refs.avatar, me);
  setText(refs.name, me.name);
  setText(refs.role, t(`role_${me.role}`));
  refs.available.checked = me.availability !== "away";
  refs.telegram.checked = me.preferences?.telegram !== false;
  refs.language.value = me.language;
  for (const name of ["keys", "enter"]) refs[name].checked = inBrowser.get(`desk.${name}`) !== false;
  refs.size.value = textSize();
  refs.sound.checked = inBrowser.get("desk.sound") === true;
  refs.hold.value = String(inBrowser.get("desk.hold") ?? 0);
}

/** What is refused stands there as it was. @param {Record<string, any>} refs @param {Partial<Desk.Me>} body */
async function save(refs, body) {
  const done = await run(async () => {
    session.me = await request("PATCH", "me/", { body });
    tellSettings();
  }, t("saved"));
  draw(refs);
  return done;
}

/** @param {Record<string, any>} refs */
function makeLink(refs) {
  return run(async () => {
    const { url } = await request("POST", "auth/browser-link/");
    refs.made.hidden = false;
    refs.url.value = url;
    refs.url.select();
  });
}
