// @ts-check
/** How the customer liked it: five stars to choose from for the customer, the result for staff. */
import { clone, onAction, setText, toast } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { haptic } from "../core/telegram.js";

const SCORES = [1, 2, 3, 4, 5];

/** @typedef {{score: number, comment?: string}} Given */
/**
 * @typedef {{staff: boolean, now: () => number, rate: (given: Given) => Promise<boolean>,
 *            draft: () => string | null, saveDraft: (comment: string) => void}} Owner
 */

/** @param {HTMLElement} place @param {Desk.Ticket} ticket @param {Owner} owner @param {AbortSignal} signal */
export function drawRating(place, ticket, owner, signal) {
  const kind = kindOf(ticket, owner);
  if (place.dataset.kind !== kind) {
    place.dataset.kind = kind;
    place.replaceChildren();
    if (kind === "ask") place.append(mount(owner, signal));
    if (kind === "shown") place.append(clone("rating-shown").node);
  }
  if (kind === "ask") drawChoice(place, ticket, owner.draft());
  if (kind === "shown") drawShown(place, ticket);
}

/** @param {Desk.Ticket} ticket @param {Owner} owner @returns {"" | "ask" | "shown"} */
function kindOf({ status, rating, merged_into }, { staff, now }) {
  const done = !merged_into && (status === "resolved" || status === "closed");
  const changeable = !rating?.changeable_until || Date.parse(rating.changeable_until) > now();
  if (!staff && done && changeable) return "ask";
  return rating ? "shown" : "";
}

/** @param {Owner} owner @param {AbortSignal} signal */
function mount({ rate, saveDraft }, signal) {
  const { node, refs } = clone("rating");
  refs.stars.append(...SCORES.map((score) => {
    const star = clone("rating-star").node;
    star.dataset.score = String(score);
    star.setAttribute("aria-label", t("rating_of", { score }));
    return star;
  }));
  onAction(node, {
    star: (button) => send(node, rate, { score: Number(button.dataset.score) }),
    saveComment: async (_button, event) => {
      event.preventDefault();
      const comment = refs.comment.value.trim();
      if (await send(node, rate, { score: Number(node.dataset.score), comment })) saveDraft("");
    },
  }, signal);
  refs.comment.addEventListener("input", () => saveDraft(refs.comment.value), { signal });
  return node;
}

/** @param {HTMLElement} node @param {Owner["rate"]} rate @param {Given} given */
async function send(node, rate, given) {
  const pressed = /** @type {HTMLElement | null} */ (document.activeElement);
  node.toggleAttribute("inert", true);
  const done = await rate(given);
  if (done) {
    haptic("success");
    if (given.comment !== undefined) toast(t("rating_thanks"));
  }
  node.toggleAttribute("inert", false);
  if (document.activeElement === document.body && node.contains(pressed)) pressed?.focus({ preventScroll: true });
  return done;
}

/** @param {HTMLElement} place @param {Desk.Ticket} ticket @param {string | null} draft of the words */
function drawChoice(place, { rating }, draft) {
  const node = /** @type {HTMLElement} */ (place.firstElementChild);
  // an earlier solution's says nothing of this one
  const given = rating?.changeable_until ? rating.score : 0;
  node.dataset.score = String(given);
  for (const star of node.querySelectorAll("[data-score].star")) {
    const score = Number(/** @type {HTMLElement} */ (star).dataset.score);
    star.setAttribute("aria-pressed", String(score === given));
    star.classList.toggle("is-lit", score <= given);
  }
  const form = /** @type {HTMLFormElement} */ (node.querySelector("form"));
  form.hidden = !given;
  const field = /** @type {HTMLTextAreaElement} */ (form.querySelector("textarea"));
  if (document.activeElement !== field) field.value = draft ?? rating?.comment ?? "";
}

/** @param {HTMLElement} place @param {Desk.Ticket} ticket */
function drawShown(place, { rating }) {
  if (!rating) return;
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (place.querySelector(`[data-ref=${name}]`));
  setText(part("stars"), "★".repeat(rating.score) + "☆".repeat(SCORES.length - rating.score));
  setText(part("score"), t("rating_of", { score: rating.score }));
  setText(part("comment"), rating.comment);
}
