// @ts-check
/** Opening a ticket. What is typed survives everything; sending again after a lost answer never opens a second one. */
import { categoryName } from "../core/categories.js";
import { byId, clone, onAction, say, setText, toast } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { back, follow, go, isWide } from "../core/router.js";
import { orTell } from "../core/store.js";
import { haptic } from "../core/telegram.js";
import { ApiError } from "../data/api.js";
import { draft, saveDraft } from "../data/drafts.js";
import { serverNow, session } from "../data/session.js";
import { upsert } from "../data/tickets.js";
import { keepTelling } from "../ui/expectation.js";
import { lateStyles } from "../ui/late.js";
import { Picker } from "../ui/picker.js";

const DRAFT = "new";
const opening = () => import("./opening.js").catch((error) => Promise.reject(orTell(error) ?? new ApiError(0)));
const FIELDS = ["category", "subject", "text"];
const TOLD_SECONDS = 20;
/** @typedef {() => {text: string, files: Desk.JobFile[]}} Taken */

/** The one that is not sent yet: it keeps its files, and goes on being sent, while something else is looked at. @type {NewTicket | null} */
let form = null;

/** @param {HTMLElement} root @param {string[]} _params @param {AbortSignal} visit */
export function mountNewTicket(root, _params, visit) {
  form ??= new NewTicket();
  form.show(root, visit);
}

/** Behind what is begun in the form; the files that have no room in it, null while that is on its way. @param {Taken} take */
export function addToForm(take) {
  form ??= new NewTicket();
  return form.add(take);
}

class NewTicket {
  /** Until its ticket is open. */
  #life = new AbortController();
  /** Its screen's, each time it is looked at. @type {AbortSignal} */
  visit = AbortSignal.abort();
  /** Says on the list that it is on its way. @type {HTMLElement | null} */
  #going = null;

  constructor() {
    const { signal } = this.#life;
    const { node, refs } = clone("new-ticket");
    this.node = node;
    this.refs = refs;
    this.sending = false;
    const { limits, categories } = session.config;
    refs.subject.maxLength = limits.subject;
    refs.text.maxLength = limits.text;
    for (const category of categories) refs.category.append(new Option(categoryName(category), category.id));
    refs.categoryField.hidden = !categories.length;
    /** @type {Desk.PickRules} */
    const rules = {
      most: limits.files_per_message,
      largest: limits.file_size,
      load: () => this.#loadFiles(),
      onChange: () => this.#save(),
    };
    this.picker = new Picker({ picked: refs.picked, input: refs.input, error: refs.filesError }, rules, signal);
    this.picker.listen(node, signal);
    onAction(node, {
      back,
      pick: () => {
        this.picker.open();
        import("./photo-by-bot.js").then(({ awaitChoice }) => awaitChoice(this.picker, "", this.visit)).catch(orTell);
      },
      submit: () => this.submit(),
      go: follow,
    }, signal);
    refs.form.addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      this.submit();
    }, { signal });
    refs.form.addEventListener("input", (/** @type {Event} */ event) => this.#onInput(event), { signal });
    opening().catch(() => {}); // so that it is there once it is needed
  }

  /** @param {HTMLElement} root @param {AbortSignal} visit */
  show(root, visit) {
    this.visit = visit;
    keepTelling(this.refs.expected, session.config.expected_answer, serverNow, visit);
    if (!this.sending) this.#restore();
    this.#sayGoing();
    visit.addEventListener("abort", () => this.#sayGoing(), { once: true });
    root.append(this.node);
    this.#takeMainButton();
  }

  /** There once a file was picked. @type {Desk.FormFiles | null} */
  files = null;
  /** Telegram's button in place of ours. @type {((busy: boolean) => void) | null} */
  showBusy = null;

  /** What makes the same words later another ticket. */
  seed = crypto.randomUUID();

  #restore() {
    const saved = draft(DRAFT) ?? {}; // another tab may have sent it
    for (const name of FIELDS) this.refs[name].value = saved[name] ?? "";
    this.seed = saved.seed ?? this.seed;
    this.refs.restored.hidden = !FIELDS.some((name) => saved[name]);
    const alone = saved.files && !this.picker.files.length; // a page ends with its files
    setText(this.refs.restored, t(alone ? "draft_without_files" : "draft_restored"));
    this.#suggest();
  }

  async #loadFiles() {
    const { FormFiles } = await import("./form-files.js");
    return this.files ??= new FormFiles(this.picker, this.#life.signal, () => !this.visit.aborted);
  }

  /** @param {Taken} take */
  async add(take) {
    await this.#loadFiles();
    if (this.sending || this.#life.signal.aborted) return null;
    const { text, files } = take();
    const before = draft(DRAFT);
    const words = [before?.text, text].filter(Boolean).join("\n\n");
    if (words) saveDraft(DRAFT, { seed: this.seed, ...before, text: words });
    const { picker } = this;
    const { most } = picker.rules;
    const left = files.splice(Math.max(0, most - picker.files.length));
    picker.files.push(...files);
    if (left.length) picker.setError(t("error_too_many_files", { count: most }));
    picker.draw();
    return left;
  }

  #values() {
    return Object.fromEntries(FIELDS.map((name) => [name, this.refs[name].value.trim()]));
  }

  #save() {
    const values = this.#values();
    const { seed, picker: { files } } = this;
    saveDraft(DRAFT, FIELDS.some((name) => values[name]) ? { ...values, seed, files: files.length } : null);
  }

  /** @param {Event} event */
  #onInput(event) {
    const name = /** @type {HTMLElement} */ (event.target).dataset.ref ?? "";
    if (FIELDS.includes(name)) this.#setError(name, "");
    if (name === "category") {
      haptic("selection");
      this.#suggest();
    }
    this.refs.restored.hidden = true;
    this.#save();
  }

  /** What is open of that category already. */
  #suggest() {
    import("./similar.js").then(({ drawSimilar }) => drawSimilar(this.refs)).catch(orTell);
  }

  /** @param {string} name @param {string} text */
  #setError(name, text) {
    const error = this.refs[`${name}Error`];
    error.hidden = !text;
    setText(error, text);
    this.refs[name].setAttribute("aria-invalid", String(Boolean(text)));
  }

  /** Errors under their fields; the focus goes to the first. @param {Record<string, string>} errors */
  #showErrors(errors) {
    for (const name of FIELDS) this.#setError(name, errors[name] ?? "");
    const first = FIELDS.find((name) => errors[name]);
    if (!first) return false;
    this.refs[first].focus();
    haptic("error");
    return true;
  }

  async submit() {
    if (this.sending) return;
    const values = this.#values();
    /** @type {Record<string, string>} */
    const missing = {};
    for (const name of FIELDS) {
      if (!values[name] && !this.refs[`${name}Field`].hidden) missing[name] = t(`error_required_${name}`);
    }
    if (this.#showErrors(missing)) return;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    this.#setSending(true);
    /** @type {ApiError | null} */
    let problem = null;
    try {
      if (await this.#filesAreUp()) await this.#post(values);
      else this.refs.filesError.scrollIntoView({ block: "nearest" });
    } catch (error) {
      problem = /** @type {ApiError} */ (error);
    }
    this.#setSending(false);
    if (document.activeElement === document.body) focused?.focus({ preventScroll: true });
    if (problem) this.#fail(problem);
    if (form === this) this.#tellElsewhere();
  }

  /** On the list, while it is sent and not looked at. */
  #sayGoing() {
    const unseen = this.sending && this.visit.aborted;
    if (!unseen) this.#going?.remove();
    if (!unseen || this.#going?.isConnected) return;
    this.#going = clone("form-going").node;
    document.querySelector("#list-pane .scroll")?.prepend(this.#going);
    say(this.#going.textContent?.trim() ?? "");
  }

  /** That it was not sent, with a way there, to whoever looks at something else. */
  async #tellElsewhere() {
    if (!this.visit.aborted) return;
    haptic("error");
    const offers = await Promise.all([import("../ui/offer.js"), lateStyles()]).catch(orTell);
    if (offers) offers[0].offer("unsent", t("unsent_new"), () => go("new"), TOLD_SECONDS, "assertive");
    else toast(t("unsent_new"));
  }

  /** Those too that were picked just now; one that is refused only then holds the ticket back. */
  async #filesAreUp() {
    const told = this.refs.filesError.textContent;
    await this.picker.add([]);
    const tells = this.refs.filesError.textContent;
    return (!tells || tells === told) && (!this.files || this.files.send());
  }

  /** What is written and picked meanwhile would not go with it; a file on its way can still be removed. @param {boolean} sending */
  #setSending(sending) {
    const { form, add, picked, submit, spinner } = this.refs;
    this.sending = sending;
    for (const name of FIELDS) this.refs[`${name}Field`].inert = sending;
    add.inert = sending;
    if (!sending) picked.inert = false;
    form.setAttribute("aria-busy", String(sending));
    submit.disabled = sending;
    spinner.hidden = !sending;
    if (sending) this.#setProblem("");
    this.showBusy?.(sending);
    this.#sayGoing();
  }

  /** On a phone Telegram's own button sends, where the client has one. */
  async #takeMainButton() {
    if (isWide()) return;
    const manners = await import("../core/manners.js").catch(orTell);
    const text = this.refs.submit.textContent?.trim() ?? "";
    this.showBusy = manners?.takeMainButton(text, () => this.submit(), this.visit) ?? null;
    this.refs.actions.hidden = Boolean(this.showBusy);
    this.showBusy?.(this.sending);
  }

  /** @param {string} text */
  #setProblem(text) {
    this.refs.error.hidden = !text;
    setText(this.refs.error, text);
  }

  /** @param {Record<string, string>} values */
  async #post(values) {
    this.refs.picked.inert = true;
    const { openTicket } = await opening();
    const { ticket, told } = await openTicket(this.seed, values, this.picker);
    // what another tab has begun meanwhile stays
    if (FIELDS.every((name) => draft(DRAFT)?.[name] === values[name])) saveDraft(DRAFT, null);
    this.#open(ticket, told);
  }

  /** @param {Desk.Ticket} ticket @param {string} told */
  #open(ticket, told) {
    this.#life.abort();
    form = null;
    upsert(ticket);
    haptic("success");
    toast(told);
    if (this.visit.aborted) return;
    import("../core/manners.js").then(({ askToWrite }) => askToWrite()).catch(orTell);
    go(`tickets/${ticket.number}`, { replace: true });
  }

  /** @param {ApiError} error */
  #fail(error) {
    if (!this.visit.aborted) haptic("error");
    this.#save();
    /** @type {Record<string, string>} */
    const fields = {};
    for (const [name, texts] of Object.entries(error.fields ?? {})) fields[name] = texts[0];
    if (this.#showErrors(fields)) return;
    this.#setProblem(error.message || t(error.status ? "error_unexpected" : "error_network"));
    byId("detail-pane").querySelector(".form-error")?.scrollIntoView({ block: "nearest" });
  }
}
