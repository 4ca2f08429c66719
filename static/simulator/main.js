// @ts-check
/** The page: its bar, its panes, its theme. */
import { get } from "./api.js";
import { find, icon } from "./dom.js";
import { Pane } from "./pane.js";
import { showPeople } from "./people.js";
import { follow, watchConnection } from "./store.js";
import { switchLanguage, t } from "./texts.js";
import { showTroubles } from "./troubles.js";

const PANES = "simulator.panes";
const THEME = "simulator.theme";
const FIRST_PANES = [1001, 2001];

/** @type {Pane[]} */
let panes = [];
const stage = find(".panes");

/** People may have been made since the page was opened. @returns {Promise<import("./types.js").State>} */
const readState = () => get("state");

const theme = () => document.documentElement.dataset.theme ?? "light";

/** @param {string} wanted */
function setTheme(wanted) {
  document.documentElement.dataset.theme = wanted;
  find("[data-act=theme]").replaceChildren(icon(wanted === "dark" ? "sun" : "moon"));
  for (const pane of panes) pane.app?.setTheme(wanted);
}

/** The address may name people (`#1001,3001`), as a link from the documentation does. @returns {number[]} */
function wantedPeople() {
  const named = location.hash.slice(1).split(",").map(Number).filter(Boolean);
  if (named.length) return named;
  try {
    const stored = JSON.parse(localStorage.getItem(PANES) ?? "[]");
    return stored.length ? stored : FIRST_PANES;
  } catch {
    return FIRST_PANES;
  }
}

/** @param {import("./types.js").State} state */
function surroundings(state) {
  return {
    state,
    theme,
    onPerson: (/** @type {Pane} */ pane, /** @type {number} */ id) => replace(pane, id, state),
    onRemove: (/** @type {Pane} */ pane) => {
      pane.close();
      panes = panes.filter((other) => other !== pane);
      remember();
    },
  };
}

/** @param {number} id @param {import("./types.js").State} state @param {Pane} [before] */
function add(id, state, before) {
  const known = panes.find((pane) => pane.userId === id);
  if (known) return known.node.scrollIntoView({ behavior: "smooth", inline: "center" });
  const pane = new Pane(id, surroundings(state));
  panes.splice(before ? panes.indexOf(before) : panes.length, 0, pane);
  stage.insertBefore(pane.node, before?.node ?? null);
  pane.open();
  remember();
  if (!before) pane.node.scrollIntoView({ inline: "end" });
}

/** @param {Pane} pane @param {number} id @param {import("./types.js").State} state */
function replace(pane, id, state) {
  if (panes.some((other) => other.userId === id)) return add(id, state);
  add(id, state, pane);
  surroundings(state).onRemove(pane);
}

function remember() {
  localStorage.setItem(PANES, JSON.stringify(panes.map((pane) => pane.userId)));
}

/** @param {import("./types.js").State} state */
function drawBar(state) {
  document.documentElement.lang = t("language") === "English" ? "ru" : "en";
  document.title = t("title");
  find(".top h1").textContent = t("title");
  const troubles = find("[data-act=troubles]");
  const count = (/** @type {number} */ number) => (troubles.dataset.count = number ? String(number) : "");
  count(state.faults.length);
  /** @type {Record<string, { text: string, run: (node: HTMLElement) => void }>} */
  const acts = {
    language: { text: t("language"), run: switchLanguage },
    theme: {
      text: t("theme"),
      run: () => {
        setTheme(theme() === "dark" ? "light" : "dark");
        localStorage.setItem(THEME, theme());
      },
    },
    troubles: { text: t("troubles"), run: (node) => showTroubles(node, count) },
    add: { text: t("add"), run: async (node) => showPeople(node, (await readState()).people, (id) => addNew(id)) },
  };
  for (const [name, { text, run }] of Object.entries(acts)) {
    const node = find(`[data-act=${name}]`);
    const label = node.querySelector("span");
    if (label) label.textContent = text;
    node.title = text;
    node.setAttribute("aria-label", text);
    node.addEventListener("click", () => run(node));
  }
}

/** @param {number} id */
const addNew = async (id) => add(id, await readState());

async function start() {
  const darkByDefault = matchMedia("(prefers-color-scheme: dark)").matches;
  setTheme(localStorage.getItem(THEME) ?? (darkByDefault ? "dark" : "light"));
  const state = await readState();
  drawBar(state);
  const known = new Set(state.people.map((person) => person.id));
  for (const id of wantedPeople().filter((wanted) => known.has(wanted))) add(id, state);
  stage.scrollLeft = 0;
  const bar = find(".offline");
  bar.textContent = t("unreachable");
  watchConnection((reachable) => (bar.hidden = reachable));
  follow(state.revision);
}

start();
