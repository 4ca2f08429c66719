// @ts-check
/** The line under a conversation's subject: its number, the other side, who is there; who is writing now; and what is said of news. */
import { say, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { orTell } from "../core/store.js";
import { haptic } from "../core/telegram.js";
import { jobsOf } from "../data/outbox.js";
import { isOnline, typersOf, viewersOf } from "../data/presence.js";
import { isStaff, session } from "../data/session.js";
import { rows } from "../data/tickets.js";
import { drawViewers } from "../ui/viewers.js";
import { drawStatus, nameOf, summaryOf } from "../ui/words.js";

const SILENCE_MS = 2_000;
const MOST_SAID = 3;

/** @param {Record<string, any>} refs of the chat @param {Desk.Ticket} ticket */
export function drawSubtitle(refs, ticket) {
  const typers = typersOf(ticket.id);
  drawTyping(refs, typers);
  drawViewers(refs.viewers, refs.viewing, viewersOf(ticket.id), new Set(typers.map(({ person }) => person.id)));
  const status = document.createElement("span");
  status.className = "status";
  drawStatus(status, ticket.status, isStaff());
  const other = isStaff() ? ticket.customer : ticket.assignee;
  const about = [
    t("ticket_number", { number: ticket.number }),
    other && nameOf(other),
    other && isOnline(other.id) && t("online"),
  ];
  refs.subtitle.replaceChildren(...(isStaff() ? [] : [status]), about.filter(Boolean).join(" · "));
}

/** @param {Record<string, any>} refs @param {ReturnType<typeof typersOf>} typers */
function drawTyping(refs, typers) {
  const names = typers.map(({ person }) => nameOf(person));
  let typing = "";
  if (names.length === 1) typing = t(typers[0].internal ? "typing_note" : "typing_one", { name: names[0] });
  else if (names.length) typing = t("typing_many", { count: names.length });
  setText(refs.typing, typing);
  refs.typing.classList.toggle("is-shown", Boolean(typing));
  const rival = isStaff() && typers.find(({ person, internal }) => person.role !== "customer" && !internal);
  refs.rival.hidden = !rival;
  setText(refs.rival, rival ? t("rival", { name: nameOf(rival.person) }) : "");
}

/** What waits to be said, lest many messages at once cut each other off. @type {string[]} */
let unsaid = [];
let silentUntil = 0;

/** @param {string} text */
function sayCalmly(text) {
  unsaid.push(text);
  if (unsaid.length > 1) return; // goes along
  setTimeout(() => {
    say(unsaid.slice(-MOST_SAID).join("\n"));
    unsaid = [];
    silentUntil = Date.now() + SILENCE_MS;
  }, Math.max(0, silentUntil - Date.now()));
}

/** Tickets that one has been asked about. @type {Set<string>} */
const offered = new Set();

/** Who answers in a ticket that nobody has may make it theirs. @param {string} id the ticket's */
async function offerTaking(id) {
  if (offered.has(id)) return;
  offered.add(id);
  const nudge = await import("./nudge.js").catch(orTell);
  nudge?.offerTaking(id);
}

/**
 * Says what others write, but neither history nor our own, and of each message once that it was not sent; returns those.
 * @param {{ticketId: string, announced: number, failed: string[]}} chat what has been said already @param {Desk.Message[]} messages
 */
export function sayNews(chat, messages) {
  const fresh = messages.filter(({ sequence, author }) => sequence > chat.announced && author?.id !== session.me.id)
    .at(-1);
  const answer = messages.find(({ sequence, author, internal }) =>
    sequence > chat.announced && author?.id === session.me.id && !internal
  );
  chat.announced = Math.max(chat.announced, messages.at(-1)?.sequence ?? 0);
  if (fresh) sayCalmly(t("incoming", { name: nameOf(fresh.author), text: summaryOf(fresh) }));
  if (answer && isStaff() && rows.get(chat.ticketId)?.assignee === null) offerTaking(chat.ticketId);
  const failed = jobsOf(chat.ticketId).filter((job) => job.state === "failed");
  const ids = failed.map(({ id }) => id);
  if (ids.some((id) => !chat.failed.includes(id))) {
    say(t("failed"), "assertive");
    haptic("error");
  }
  chat.failed = ids; // what is tried again may fail again
  return failed;
}
