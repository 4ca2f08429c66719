// @ts-check
/** The list of people to be. */
import { avatar, el } from "./dom.js";
import { showPopover } from "./menus.js";
import { named } from "./texts.js";

/** The people of the demo, by role. @param {HTMLElement} anchor @param {import("./types.js").Person[]} people @param {(id: number) => void} choose */
export function showPeople(anchor, people, choose) {
  const rows = ["customer", "agent", "manager", "admin"].flatMap((role) => {
    const group = people.filter((person) => person.role === role);
    const buttons = group.map((person) =>
      el(
        "button",
        { type: "button", role: "menuitem", class: "who", click: () => choose(person.id) },
        avatar(person),
        el("span", { text: `${person.first_name} ${person.last_name ?? ""}` }),
        el("span", { class: "hint", text: String(person.id) }),
      )
    );
    return group.length ? [el("div", { class: "group", text: named(role) }), ...buttons] : [];
  });
  showPopover(anchor, rows);
}
