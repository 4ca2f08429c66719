// @ts-check
/**
 * The way round a chooser of files that opens nothing, as in some clients of Telegram: the photo goes through the chat
 * with the bot. Loaded when a chooser is opened.
 */
import { clone, say } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { openOutside } from "../core/manners.js";
import { isVisible, onVisibility } from "../core/telegram.js";
import { session } from "../data/session.js";
import { rows } from "../data/tickets.js";
import { lateStyles } from "../ui/late.js";
import { openSheet } from "../ui/sheet.js";

const OPENING_MS = 3_000; // a chooser that opens has taken the focus by then
const RETURN_MS = 1_500; // what was chosen comes soon after the focus is back

/** Ends the waiting for an earlier opening. */
let waiting = new AbortController();

/**
 * Waits for what comes of the chooser, and offers the bot's chat where nothing does.
 * @param {Desk.Picker} picker
 * @param {string} ticket the ticket's id, "" in the form of a new one
 * @param {AbortSignal} visit of the screen
 */
export function awaitChoice(picker, ticket, visit) {
  waiting.abort();
  // what came to a company's own account goes on in the chat with that
  const isElsewhere = rows.get(ticket)?.source === "business";
  if (!session.config.bot_username || isElsewhere || visit.aborted) return;
  waiting = new AbortController();
  const { signal } = waiting;
  visit.addEventListener("abort", () => waiting.abort(), { signal });
  const { input, error } = picker.parts;
  const offer = () => {
    if (!picker.files.length && !signal.aborted) offerBot(error, ticket);
  };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const look = (/** @type {number} */ after) => {
    clearTimeout(timer);
    timer = setTimeout(() => isVisible() && document.hasFocus() && offer(), after);
  };
  const lookAgain = () => isVisible() && look(RETURN_MS);
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  input.addEventListener("cancel", offer, { signal });
  input.addEventListener("change", () => {
    waiting.abort();
    offerOf(error)?.remove();
  }, { signal });
  addEventListener("focus", lookAgain, { signal });
  onVisibility(lookAgain, signal);
  look(OPENING_MS);
}

/** @param {HTMLElement} error the line below which one picks */
const offerOf = (error) => error.parentElement?.querySelector(".bot-offer");

/** @param {HTMLElement} error @param {string} ticket */
function offerBot(error, ticket) {
  if (offerOf(error)) return;
  const { node, refs } = clone("bot-offer");
  refs.send.addEventListener("click", () => explain(ticket));
  error.before(node);
  say(node.textContent ?? "");
}

/** @param {string} ticket */
async function explain(ticket) {
  await lateStyles();
  const { node, refs } = clone("bot-sheet");
  const number = rows.get(ticket)?.number;
  refs.text.textContent = number ? t("photo_to_ticket", { number }) : t("photo_to_new");
  if (await openSheet(/** @type {HTMLDialogElement} */ (node)) !== "go") return;
  openOutside(
    `https://t.me/${session.config.bot_username}?start=${number ? `photo_${number}` : "new"}`,
    "openTelegramLink",
  );
}
