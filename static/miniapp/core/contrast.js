// @ts-check
/**
 * Keeps what a theme of bad contrast writes readable: 4.5 : 1 (WCAG 2.2, 1.4.3). Colours that hold stay the theme's.
 * Comes after the first picture.
 */
import { client } from "./telegram.js";

/** A little more, since parts of colours are rounded when they are painted. */
const ENOUGH = 4.55;
/** From here on a button keeps the theme's own letters, and becomes darker or lighter itself. */
const NEARLY = 3;
const STEPS = 50;
/** How much of its red lies behind what has failed (styles/messages.css). */
const FAILED = 0.12;

/** Red, green, blue (0 to 255) and how opaque (0 to 1). @typedef {[number, number, number, number]} Colour */

/** @type {Colour[]} */
const POLES = [[0, 0, 0, 1], [255, 255, 255, 1]];
const SURFACES = ["--bg", "--ground", "--own"];
/** What is written in which colour, on what; what others are mixed from comes first. @type {[name: string, behind: string[], ratio?: number][]} */
const WRITTEN = [
  ["--text", [...SURFACES, "--note"], 6], // days, chips and quiet buttons lie on what is mixed from it
  ["--muted", [...SURFACES, "--note"]],
  ["--accent", [...SURFACES, "--note"]],
  ["--danger", [...SURFACES, "--note"]],
  ["--note-text", ["--note"]],
  ["--good", SURFACES],
  ["--warm", SURFACES],
  ["--cool", SURFACES],
];

/** From now on, with every change of the theme. */
export function keepContrast() {
  correct();
  client()?.onEvent("themeChanged", correct);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", correct); // of a page outside Telegram
}

function correct() {
  const { style } = document.documentElement;
  for (const [name] of [...WRITTEN, ["--button"], ["--button-text"]]) style.removeProperty(name);
  const probe = document.createElement("i");
  probe.hidden = true;
  document.documentElement.append(probe);
  const read = (/** @type {string} */ name) => {
    probe.style.color = `var(${name})`;
    return parse(getComputedStyle(probe).color);
  };
  for (const [name, behind, enough] of WRITTEN) {
    const surfaces = behind.map(read);
    // quiet buttons and chips lie on a shade
    const shade = read("--shade");
    const all = [...surfaces, ...surfaces.slice(0, 2).map((surface) => mix(surface, shade, shade[3]))];
    if (name === "--danger") all.push(mix(surfaces[0], read("--danger-raw"), FAILED));
    const colour = read(name);
    const readable = away(colour, all, enough);
    if (readable !== colour) style.setProperty(name, text(readable));
  }
  const [button, letters] = ["--button", "--button-text"].map(read);
  const ratio = contrast(letters, button);
  if (ratio < NEARLY) style.setProperty("--button-text", text(furthest([button])));
  else if (ratio < ENOUGH) style.setProperty("--button", text(away(button, [letters])));
  probe.remove();
}

/** The colour, or the nearest to it towards black or white that can be told from all of the others. @param {Colour} colour @param {Colour[]} others @param {number} [enough] the ratio */
function away(colour, others, enough = ENOUGH) {
  if (least(colour, others) >= enough) return colour;
  const pole = furthest(others);
  for (let step = 1; step < STEPS; step++) {
    const mixed = mix(colour, pole, step / STEPS);
    if (least(mixed, others) >= enough) return mixed;
  }
  return pole;
}

/** Black or white, whichever is told from them better. @param {Colour[]} others */
const furthest = (others) => least(POLES[0], others) > least(POLES[1], others) ? POLES[0] : POLES[1];

/** @param {Colour} colour @param {Colour[]} others */
const least = (colour, others) => Math.min(...others.map((other) => contrast(colour, other)));

/** From 1 to 21 (WCAG 2.2, contrast ratio). @param {Colour} one @param {Colour} other */
function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** From 0 to 1 (WCAG 2.2, relative luminance). @param {Colour} colour */
function luminance(colour) {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Whole parts, since that is what is painted. @param {Colour} from @param {Colour} to @param {number} share of `to`, 0 to 1 @returns {Colour} */
function mix(from, to, share) {
  const part = (/** @type {0 | 1 | 2} */ at) => Math.round(from[at] * (1 - share) + to[at] * share);
  return [part(0), part(1), part(2), 1];
}

/** As engines give a colour back: `rgb(1, 2, 3)`, `rgba(…, 0.06)`, mixed ones `color(srgb 0.1 0.2 0.3 / 0.06)`. @param {string} value @returns {Colour} */
function parse(value) {
  const scale = value.startsWith("color") ? 255 : 1;
  const [red, green, blue, alpha = 1] = (value.match(/[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
  return [red * scale, green * scale, blue * scale, alpha];
}

/** @param {Colour} colour */
const text = ([red, green, blue]) => `rgb(${red} ${green} ${blue})`;
