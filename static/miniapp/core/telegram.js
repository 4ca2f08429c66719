// @ts-check
/** The only file that knows window.Telegram. Outside Telegram every call does nothing. */
import { inTab } from "./storage.js";

const PATIENCE_MS = 1500;
const STORED = "desk.launch";

/** @type {TelegramWebApp | undefined} */
let app;
/** @type {(() => void) | null} */
let onBack = null;
/** @type {Set<() => void>} */
const onActive = new Set();

const launch = readLaunch();

/** Telegram puts what it tells us behind the #; a reload finds it in the storage. @returns {Record<string, string>} */
function readLaunch() {
  const fresh = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  if (fresh.tgWebAppData) inTab.set(STORED, fresh);
  return fresh.tgWebAppData ? fresh : inTab.get(STORED) ?? fresh;
}

/** What the server checks, "" outside Telegram. */
export const initData = () => app?.initData || launch.tgWebAppData || "";

/** Whether the client draws its own Back button. */
export const hasBackButton = () => Boolean(client("6.1")?.BackButton);

/** The client, where both it and the script know the calls of this version. @param {string} [version] */
export const client = (version = "6.0") => app?.initData && app.isVersionAtLeast(version) ? app : undefined;

/** Paints Telegram's colours before its script has arrived. */
export function paintEarly() {
  try {
    applyTheme(JSON.parse(launch.tgWebAppThemeParams ?? "{}"));
  } catch { /* no colours, then ours */ }
}

/** @param {Record<string, string>} colours */
function applyTheme(colours) {
  const root = document.documentElement;
  for (const [name, colour] of Object.entries(colours)) {
    if (/^#[0-9a-f]{6}$/i.test(colour)) root.style.setProperty(`--tg-theme-${name.replaceAll("_", "-")}`, colour);
  }
  const background = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colours.bg_color ?? "");
  if (!background) return;
  const [red, green, blue] = background.slice(1).map((part) => parseInt(part, 16));
  root.dataset.theme = red * 0.3 + green * 0.59 + blue * 0.11 < 128 ? "dark" : "light";
}

/** Waits for Telegram's script, but not for long: what the start needs we have read ourselves. */
export async function loaded() {
  const end = Date.now() + PATIENCE_MS;
  while (!window.Telegram?.WebApp && launch.tgWebAppData && Date.now() < end) {
    await new Promise((resume) => setTimeout(resume, 20));
  }
  app = window.Telegram?.WebApp;
  if (!app || !initData()) return;
  applyTheme(app.themeParams);
  app.onEvent("themeChanged", () => applyTheme(app?.themeParams ?? {}));
  for (const name of ["activated", "deactivated"]) app.onEvent(name, () => onActive.forEach((run) => run()));
  const known = client("6.1");
  known?.BackButton?.onClick(() => onBack?.());
  known?.setHeaderColor?.("secondary_bg_color");
  known?.setBackgroundColor?.("secondary_bg_color");
  // the signed data should not linger in the address where reloads find it in the storage
  if (location.hash.includes("tgWebAppData") && inTab.set(STORED, launch)) {
    history.replaceState(history.state, "", location.pathname + location.search);
  }
}

/** The first picture is there: Telegram may take its placeholder away. */
export function showApp() {
  app?.ready();
  app?.expand();
}

/** The page is being looked at. */
export const isVisible = () => document.visibilityState === "visible" && app?.isActive !== false;

/** Runs when the page is looked at again, or no more. @param {() => void} run @param {AbortSignal} [signal] */
export function onVisibility(run, signal) {
  onActive.add(run);
  document.addEventListener("visibilitychange", run, { signal });
  signal?.addEventListener("abort", () => onActive.delete(run), { once: true });
}

/** Shows Telegram's Back button, or hides it with null. @param {(() => void) | null} run */
export function setBack(run) {
  onBack = run;
  client("6.1")?.BackButton?.[run ? "show" : "hide"]();
}

/** @param {"light" | "error" | "success" | "selection"} kind */
export function haptic(kind) {
  const feedback = client("6.1")?.HapticFeedback;
  if (kind === "light") feedback?.impactOccurred("light");
  else if (kind === "selection") feedback?.selectionChanged();
  else feedback?.notificationOccurred(kind);
}

/** While a conversation is open, pulling it down must not close the app. @param {boolean} allowed */
export function setSwipes(allowed) {
  client("7.7")?.[allowed ? "enableVerticalSwipes" : "disableVerticalSwipes"]?.();
}
