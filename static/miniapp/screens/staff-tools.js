// @ts-check
/** What staff do with a ticket besides writing: take it, set its status, see who else looks at it. */
import { clone, onAction, setText, toast } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { watch } from "../core/store.js";
import { haptic } from "../core/telegram.js";
import { viewersOf } from "../data/presence.js";
import { session } from "../data/session.js";
import { act, rows } from "../data/tickets.js";
import { drawAvatar, drawStatus, nameOf, statusText } from "../ui/words.js";

/** @type {Desk.Status[]} what a person may set; "new" is where every ticket begins */
const CHOICES = ["open", "pending", "resolved", "closed"];

/** @param {HTMLElement} place @param {string} id @param {AbortSignal} signal */
export function mountStaffTools(place, id, signal) {
  const { node, refs } = clone("staff-tools");
  const ticket = () => /** @type {Desk.Ticket} */ (rows.get(id));
  const draw = () => drawTools(refs, ticket());
  onAction(node, {
    take: () => change(refs.take, () => act(id, "assign", { assignee: session.me.id }), t("took")),
    status: async () => {
      const { choose } = await import("../ui/sheet.js");
      const now = ticket().status;
      const status = await choose(
        t("status_title"),
        CHOICES.map((value) => ({
          value,
          label: statusText(value, true),
          chosen: value === now,
        })),
      );
      if (!status || status === now) return;
      const label = statusText(/** @type {Desk.Status} */ (status), true);
      change(refs.statusButton, () => act(id, "status", { status }), t("status_set", { status: label }));
    },
  }, signal);
  for (const topic of [`ticket:${id}`, `presence:${id}`]) watch(topic, draw, signal);
  place.replaceChildren(node);
  draw();
}

/** @param {HTMLButtonElement} button @param {() => Promise<unknown>} run @param {string} done */
async function change(button, run, done) {
  button.disabled = true;
  try {
    await run();
    haptic("success");
    toast(done);
  } catch (error) {
    haptic("error");
    const { message, status } = /** @type {any} */ (error);
    toast(message || t(status ? "error_unexpected" : "error_network"));
  }
  button.disabled = false;
}

/** @param {Record<string, any>} refs @param {Desk.Ticket} ticket */
function drawTools(refs, ticket) {
  const mine = ticket.assignee?.id === session.me.id;
  refs.avatar.hidden = !ticket.assignee;
  drawAvatar(refs.avatar, ticket.assignee);
  setText(refs.assignee, mine ? t("assigned_you") : ticket.assignee ? nameOf(ticket.assignee) : t("nobody"));
  refs.take.hidden = mine || ticket.status === "closed";
  drawStatus(refs.status, ticket.status, true);
  const viewers = viewersOf(ticket.id).map(({ person }) => t("viewing", { name: nameOf(person) }));
  setText(refs.viewers, viewers.join(" · "));
}
