// @ts-check
/** All commands in one field: what can be done here, and the tickets that are known. Loaded with Ctrl or Cmd and K. */
import { clone, keyed, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { go, setQuery } from "../core/router.js";
import { gone, rows } from "../data/tickets.js";
import { lateStyles } from "../ui/late.js";
import { openSheet } from "../ui/sheet.js";
import { nameOf } from "../ui/words.js";
import { commandOf } from "./ticket-commands.js";
import { looseOf } from "../ui/marks.js";

/** @typedef {{id: string, label: string, key: string, run: () => void}} Command */
/** @typedef {{buttonOf: (action: string) => HTMLElement | undefined, perform: (action: string) => void, showKeys: () => void}} Keys */

const MOST_TICKETS = 8;
const TABS = ["mine", "unassigned", "waiting", "all"];

/** What can be done at this moment. @param {Keys} keys @returns {Command[]} */
function commands({ buttonOf, perform, showKeys }) {
  const names = /** @type {HTMLElement[]} */ ([...clone("commands").node.children]);
  return names.map(({ dataset: { command: id = "", key = "" }, textContent }) => {
    const tab = () => {
      setQuery({ tab: id });
      go("");
    };
    /** @type {Record<string, () => void>} */
    const own = { notifications: () => go(id), me: () => go(id), help: showKeys };
    const always = TABS.includes(id) ? tab : own[id];
    const run = always ?? commandOf(id) ?? (buttonOf(id) && (() => perform(id)));
    return { id, key, label: (textContent ?? "").trim(), run };
  }).filter((one) => /** @type {Command} */ (one).run);
}

/** @param {string} words as looseOf makes them @returns {Command[]} */
function tickets(words) {
  const open = (/** @type {number} */ number) => () => go(`tickets/${number}`);
  const found = words
    ? [...rows.values()].filter(({ id, subject, customer }) =>
      !gone.has(id) && looseOf(`${subject} ${nameOf(customer)}`).includes(words)
    )
    : [];
  const known = found.slice(0, MOST_TICKETS).map(({ id, number, subject, customer }) => ({
    id,
    key: t("ticket_number", { number }),
    label: `${subject} · ${nameOf(customer)}`,
    run: open(number),
  }));
  const number = Number(/^[#№]?\s*(\d{1,9})$/.exec(words)?.[1]);
  const asked = { id: "number", key: "", label: t("command_ticket", { number }), run: open(number) };
  return number ? [asked, ...known] : known;
}

/** @param {Keys} keys of screens/shortcuts.js */
export async function openPalette(keys) {
  const all = commands(keys); // before the sheet lies over them
  await lateStyles();
  const { node, refs } = clone("palette");
  const dialog = /** @type {HTMLDialogElement} */ (node);
  /** @type {Command[]} */
  let found = [];
  let active = 0;
  const choose = (/** @type {Command | undefined} */ command) => {
    if (!command) return;
    dialog.close();
    command.run();
  };
  const draw = () => {
    setText(refs.hint, found.length ? "" : t("command_none"));
    keyed(refs.list, found, ({ id }) => id, () => clone("command"), (view, command) => {
      const chosen = command === found[active];
      view.node.id = `command-${command.id}`;
      view.node.dataset.id = command.id;
      view.node.setAttribute("aria-selected", String(chosen));
      setText(view.refs.label, command.label);
      setText(view.refs.key, command.key);
      view.refs.key.hidden = !command.key;
      if (chosen) refs.input.setAttribute("aria-activedescendant", view.node.id);
    });
    refs.list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  };
  const filter = () => {
    const words = looseOf(refs.input.value.trim());
    found = [...all.filter(({ label }) => looseOf(label).includes(words)), ...tickets(words)];
    active = 0;
    draw();
  };
  refs.input.addEventListener("input", filter);
  refs.input.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? found.length - 1 : 0;
    if (event.isComposing || (!by && event.key !== "Enter")) return;
    event.preventDefault();
    if (event.key === "Enter") return choose(found[active]);
    active = (active + by) % (found.length || 1);
    draw();
  });
  refs.list.addEventListener("click", (/** @type {Event} */ { target }) => {
    const id = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest("[data-id]"))?.dataset.id;
    choose(found.find((command) => command.id === id));
  });
  openSheet(dialog);
  filter();
}
