// @ts-check
/** A ticket's conversation, for both sides; staff get their tools from the entry (screens/staff-tools.js). */
import { clone, onAction, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { back, follow, go, path } from "../core/router.js";
import { orTell, watch } from "../core/store.js";
import { isVisible, onVisibility } from "../core/telegram.js";
import { jobsOf, startOutbox } from "../data/outbox.js";
import { followPresence, sayViewing } from "../data/presence.js";
import { fileUrl, freshUrl, isStaff, session } from "../data/session.js";
import { withJobs } from "../data/thread.js";
import { closeConversation, followThreads, loadNewest, openConversation } from "../data/threads.js";
import { fetchTicket, findByNumber, rows } from "../data/tickets.js";
import { insist } from "../ui/late.js";
import { MessageList } from "../ui/message-list.js";
import { Foot } from "./chat-foot.js";

/** A shorter conversation shows by itself where it begins. */
const MANY = 20;

/** @typedef {(place: HTMLElement, ticket: string, signal: AbortSignal) => void} Tools */

// this module is loaded once somebody is signed in: what conversations need begins with it
followThreads();
followPresence();
startOutbox(() => import("./send-and.js"));
insist(() => import("./unsent.js"), ({ followUnsent }) => followUnsent());

/** @param {HTMLElement} root @param {string[]} params the ticket's number @param {AbortSignal} signal @param {Tools} [tools] */
export function mountChat(root, [number], signal, tools) {
  new Chat(root, Number(number), tools, signal).begin();
}

class Chat {
  /** @param {HTMLElement} root @param {number} number @param {Tools | undefined} tools @param {AbortSignal} signal */
  constructor(root, number, tools, signal) {
    this.number = number;
    this.tools = tools;
    this.signal = signal;
    const { node, refs } = clone("chat");
    this.node = node;
    this.refs = refs;
    this.ticketId = "";
    /** @type {Desk.Conversation | null} */
    this.conversation = null;
    /** @type {Foot | null} */
    this.foot = null;
    /** The ticket's row as it was when the ticket was opened. @type {Partial<Desk.Ticket>} */
    this.row = {};
    /** Whether the divider's place is still to be found. @type {boolean | undefined} */
    this.seeking = undefined;
    /** The last message that was said. */
    this.announced = 0;
    /** Those that were said not to be sent. @type {string[]} */
    this.failed = [];
    /** Its module: null where it did not arrive, undefined while it is on its way. @type {Desk.MessageMenus | null | undefined} */
    this.messages = undefined;
    this.redraw = () => signal.aborted || this.draw();
    root.append(node);
    this.list = new MessageList(refs, {
      onOlder: () => this.conversation && this.messages?.onOlder(this.conversation),
      onNewer: () => this.messages?.onNewer(/** @type {any} */ (this)),
      onSeen: (sequence) => this.conversation && this.messages?.reading.mark(this.conversation, sequence),
      isVisible,
    }, signal);
    onAction(node, this.#actions(), signal);
    this.listening = this.#listen();
    onVisibility(() => isVisible() && this.list.lookAgain(), signal);
  }

  /** What one does with a message comes beside the conversation itself; where it does not arrive, the next drawing asks again. */
  async #listen() {
    this.messages = undefined;
    this.messages = await import("./chat-messages.js").catch(orTell);
    if (this.signal.aborted) return;
    this.messages?.listenToMessages(this.node, {
      message: (id) => this.conversation?.thread.messages.get(id),
      goTo: (id) => this.list.goTo(id),
      conversation: () => this.conversation,
      redraw: this.redraw,
      composer: () => this.foot?.composer,
      messages: () => this.conversation?.thread.list() ?? [],
    }, this.signal);
    this.list.lookAgain(); // what was seen without it was not noted
  }

  #actions() {
    return {
      back,
      list: () => go(""),
      newTicket: (/** @type {HTMLElement} */ link, /** @type {Event} */ event) => this.messages || follow(link, event),
      jump: () => this.#toEnd(),
      reload: () => this.conversation ? loadNewest(this.conversation) : this.begin(),
    };
  }

  #toEnd() {
    this.messages?.showNewest(/** @type {any} */ (this));
    this.list.toEnd();
  }

  /** Finds the ticket, then its conversation. */
  async begin() {
    this.#setState("loading");
    try {
      const known = findByNumber(this.number);
      // a row that frames alone have told of does not say where reading had ended
      const ticket = known?.read_sequence === undefined ? await fetchTicket(this.number) : known;
      if (this.signal.aborted) return;
      this.ticketId = ticket.id;
      this.row = ticket;
    } catch (error) {
      return this.#fail(/** @type {any} */ (error));
    }
    this.conversation = openConversation(this.ticketId);
    this.foot = new Foot(this.refs, this.conversation, () => this.#toEnd(), this.signal);
    this.tools?.(this.refs.tools, this.ticketId, this.signal);
    sayViewing(this.ticketId, this.signal);
    const { conversation } = this;
    // registered last: looking away is told before following ends
    this.signal.addEventListener("abort", () => closeConversation(conversation), { once: true });
    await this.listening;
    if (this.signal.aborted) return;
    for (const topic of [`thread:${this.ticketId}`, "connection"]) watch(topic, () => this.draw(), this.signal);
    for (const topic of [`ticket:${this.ticketId}`, `presence:${this.ticketId}`, "online"]) {
      watch(topic, () => this.drawHead(), this.signal);
    }
    watch(`gone:${this.ticketId}`, () => go(path(), { replace: true, anew: true }), this.signal);
    this.drawHead();
    this.draw();
  }

  /** @param {{status?: number, message?: string, code?: string}} error */
  #fail(error) {
    if (this.signal.aborted) return;
    const gone = error.status === 404 || error.status === 403;
    this.#setState(gone ? (this.tools ? "gone" : "missing") : "failed");
    if (gone) return setText(this.refs.subject, t("ticket_number", { number: this.number }));
    const text = error.message || t(error.status ? "error_unexpected" : "error_network");
    setText(this.refs.state.querySelector("[data-ref=text]"), text);
  }

  /** @param {"" | "loading" | "failed" | "gone" | "missing" | "older" | "stuck" | "begin"} state */
  #setState(state) {
    const place = this.refs.state;
    if (place.dataset.state === state) return;
    place.dataset.state = state;
    place.replaceChildren(...(state ? [clone(`chat-${state}`).node] : []));
  }

  drawHead() {
    const ticket = rows.get(this.ticketId);
    if (!ticket) return;
    const { refs } = this;
    setText(refs.subject, ticket.subject);
    document.title = t("ticket_number", { number: ticket.number }) + " " + ticket.subject;
    this.foot?.draw(ticket);
    this.messages?.drawBeside(refs, ticket, this.signal, this.foot?.composer);
  }

  draw() {
    const { conversation } = this;
    if (!conversation) return;
    if (this.messages === null) this.listening = this.#listen().then(() => this.drawHead());
    const { thread, older, olderError, error } = conversation;
    const messages = thread.list();
    if (thread.sequence < 0) {
      if (error) this.#fail(error);
      else this.#setState("loading");
      // one that is loaded anew stays as it is; at first what is on its way stands there alone
      if (this.seeking !== undefined) return;
    } else this.#setState(olderError ? "stuck" : older ? "older" : messages.length > MANY ? "begin" : "");
    const entries = withJobs(messages, jobsOf(this.ticketId), session.me);
    this.list.draw(this.messages?.withChanges(entries, /** @type {any} */ (this)) ?? entries, {
      me: session.me.id,
      staff: isStaff(),
      read: Math.max(this.row.read_sequence ?? 0, conversation.readSent),
      othersRead: this.messages?.reading.byOthers(conversation) ?? 0,
      more: thread.before < Infinity,
      unread: () => rows.get(this.ticketId)?.unread,
      fileUrl,
      freshUrl,
      previewOf: (id) => this.messages?.previewOf(id) ?? "",
      redraw: this.redraw,
      elsewhere: (id) => this.messages?.elsewhere(id, /** @type {any} */ (this)),
    });
    this.messages?.follow(this, messages);
  }
}
