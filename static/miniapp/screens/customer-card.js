// @ts-check
/** The customer's part of the card: who it is, their other tickets, their ratings, and the notes of the team about them. */
import { clone, keyed, onAction, setText } from "../core/dom.js";
import { fullTimeOf, t, whenOf } from "../core/i18n.js";
import { follow } from "../core/router.js";
import { watch } from "../core/store.js";
import { addNote, cardOf, followCard, loadCard, removeNote } from "../data/cards.js";
import { draft, saveDraft } from "../data/drafts.js";
import { session } from "../data/session.js";
import { rows } from "../data/tickets.js";
import { choose } from "../ui/sheet.js";
import { drawAvatar, drawStatus, nameOf } from "../ui/words.js";
import { run } from "./running.js";

const { lang } = document.documentElement;
const languages = new Intl.DisplayNames([lang], { type: "language" });
const decimal = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 });

/** Read when it is opened, and anew while it is open (data/cards.js). @param {HTMLElement} node the card @param {Record<string, any>} refs @param {string} id the ticket's @param {AbortSignal} signal */
export function mountCustomer(node, refs, id, signal) {
  const person = /** @type {Desk.Ticket} */ (rows.get(id)).customer.id;
  const draw = () => drawCustomer(refs, id, person);
  onAction(node, {
    openOther: follow,
    reloadCustomer: () => loadCard(person),
    removeNote: (button) => askToRemove(person, button),
  }, signal);
  listenToNote(refs, person);
  for (const topic of [`card:${person}`, "tickets"]) watch(topic, draw, signal);
  followCard(person, signal);
  draw();
}

/** What is written waits in this browser, as every draft does. @param {Record<string, any>} refs @param {string} person */
function listenToNote({ noteForm, noteText }, person) {
  const name = `${person}.about`;
  noteText.value = draft(name) ?? "";
  noteText.addEventListener("input", () => saveDraft(name, noteText.value));
  noteForm.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    const text = noteText.value.trim();
    if (!text) return noteText.focus();
    noteText.value = "";
    const done = await run(() => addNote(person, text), t("person_note_added"));
    if (!done) noteText.value = [text, noteText.value].filter(Boolean).join("\n");
    saveDraft(name, noteText.value);
  });
}

/** @param {string} person @param {HTMLElement} button */
async function askToRemove(person, button) {
  const { note = "" } = button.dataset;
  const sure = await choose(t("person_note_remove"), [{ value: "yes", label: t("remove_yes"), plain: true }]);
  if (sure) await run(() => removeNote(person, note), t("person_note_removed"));
}

/** @param {Record<string, any>} refs @param {string} id @param {string} person */
function drawCustomer(refs, id, person) {
  const { card, failed } = cardOf(person);
  const ticket = /** @type {Desk.Ticket} */ (rows.get(id));
  drawAvatar(refs.avatar, ticket.customer);
  setText(refs.name, nameOf(ticket.customer));
  const reason = ticket.unreachable || card?.unreachable;
  const warning = card?.person.is_active === false ? t("customer_banned") : reason && t(`reason_${reason}`);
  refs.unreachable.hidden = !warning;
  setText(refs.unreachable, warning ?? "");
  refs.reachable.hidden = Boolean(warning) || !card?.reachable;
  refs.customerLoading.hidden = Boolean(card) || failed;
  refs.customerFailed.hidden = !failed;
  refs.others.hidden = refs.notes.hidden = !card;
  if (!card) return;
  drawPerson(refs, card.person);
  const { average, count } = card.ratings;
  setText(refs.ratings, average ? t("ratings_of", { average: decimal.format(average), count }) : t("ratings_none"));
  drawOthers(refs, card, id);
  refs.notesNone.hidden = Boolean(card.notes.length);
  keyed(refs.noteList, card.notes, (note) => note.id, () => clone("person-note"), drawNote);
}

/** @param {Record<string, any>} refs @param {Desk.CustomerCard["person"]} person */
function drawPerson(refs, { username, phone, language }) {
  refs.username.hidden = !username;
  setText(refs.username, username ? `@${username}` : "");
  refs.username.href = `https://t.me/${username}`;
  refs.phone.hidden = !phone;
  setText(refs.phone, phone);
  refs.phone.href = `tel:${phone}`;
  setText(refs.language, language ? languages.of(language) ?? language : "");
}

/** All but the ticket in hand, as they are now. @param {Record<string, any>} refs @param {Desk.CustomerCard} card @param {string} id */
function drawOthers(refs, { tickets, counts }, id) {
  const others = tickets.filter((ticket) => ticket.id !== id);
  setText(refs.totals, others.length ? t("tickets_of_customer", { count: counts.total, active: counts.active }) : "");
  refs.othersNone.hidden = Boolean(others.length);
  keyed(refs.otherList, others, (ticket) => ticket.id, () => clone("other-ticket"), (view, read) => {
    const live = rows.get(read.id);
    const ticket = live && live.sequence > read.sequence ? live : read;
    const address = `tickets/${ticket.number}`;
    view.refs.link.href = `/app/${address}`;
    view.refs.link.dataset.path = address;
    setText(view.refs.subject, ticket.subject);
    setText(view.refs.number, t("ticket_number", { number: ticket.number }));
    drawStatus(view.refs.status, ticket.status, true);
    drawTime(view.refs.time, ticket.updated_at);
  });
}

/** @param {Desk.Clone} view @param {Desk.PersonNote} note */
function drawNote({ refs }, { id, author, text, created_at, saving = false }) {
  setText(refs.text, text);
  setText(refs.author, author?.id === session.me.id ? t("you") : nameOf(author));
  drawTime(refs.time, created_at);
  if (saving) setText(refs.time, t("sending"));
  refs.remove.hidden = saving || (session.me.role === "agent" && author?.id !== session.me.id);
  refs.remove.dataset.note = id;
}

/** @param {HTMLTimeElement} element @param {string} moment */
function drawTime(element, moment) {
  setText(element, whenOf(moment));
  element.dateTime = moment;
  element.title = fullTimeOf(moment);
}
