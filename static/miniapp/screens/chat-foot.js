// @ts-check
/** What stands below a conversation: where one writes, or that it is closed; above that what staff must know. */
import { clone, setText } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { inBrowser } from "../core/storage.js";
import { haptic } from "../core/telegram.js";
import { draft, saveDraft } from "../data/drafts.js";
import { sendMessage } from "../data/outbox.js";
import { endTyping, sayTyping } from "../data/presence.js";
import { isStaff, session } from "../data/session.js";
import { Composer } from "../ui/composer.js";

export class Foot {
  /** @type {Composer | null} */
  composer = null;

  /**
   * @param {Record<string, any>} refs of the chat @param {Desk.Conversation} conversation @param {() => void} onSent
   * @param {AbortSignal} signal
   */
  constructor(refs, conversation, onSent, signal) {
    this.refs = refs;
    this.conversation = conversation;
    this.ticket = conversation.id;
    this.onSent = onSent;
    this.signal = signal;
  }

  /** @param {Desk.Ticket} ticket */
  draw(ticket) {
    this.row = ticket.sequence;
    const closed = ticket.status === "closed" && (!isStaff() || ticket.merged_into); // notes can be added (screens/closed-notes.js)
    if (!closed && !this.composer) this.#mountComposer();
    if (closed && (this.composer || !this.refs.foot.firstChild)) this.#mountClosed(ticket);
    this.refs.unreachable.hidden = !ticket.unreachable;
    if (ticket.unreachable) setText(this.refs.unreachable, t(`reason_${ticket.unreachable}`));
  }

  /** Where this text began: the ticket's sequence then; before the conversation is loaded, that of its row. */
  #seen() {
    const known = [draft(`${this.ticket}.seen`), this.conversation.thread.sequence, this.row];
    return known.find((sequence) => (sequence ?? -1) >= 0);
  }

  /** Of a merged ticket another module says it. @param {Desk.Ticket} ticket */
  #mountClosed({ merged_into }) {
    this.composer?.save();
    this.composer = null;
    this.refs.foot.replaceChildren(...(merged_into ? [] : [clone("closed").node]));
  }

  #mountComposer() {
    const { text, files_per_message, file_size } = session.config.limits;
    const id = this.ticket;
    this.composer = new Composer({
      limit: text,
      staff: isStaff(),
      rules: { most: files_per_message, largest: file_size, load: () => import("../data/uploads.js") },
      savedReplies: isStaff()
        ? () => import("../data/saved-replies.js").then(({ loadReplies }) => loadReplies(id))
        : null,
      draft: (mode) => draft(`${id}.${mode}`) ?? "",
      saveDraft: (mode, value) => {
        saveDraft(`${id}.${mode}`, value);
        if (mode === "reply" && !value) saveDraft(`${id}.seen`, null);
      },
      enterSends: () => inBrowser.get("desk.enter") !== false,
      onTyping: (mode) => {
        sayTyping(id, mode === "note");
        // a colleague's answer that comes from now on is news to this text
        if (mode === "reply" && this.#seen() !== draft(`${id}.seen`)) saveDraft(`${id}.seen`, this.#seen());
      },
      onSend: (mode, value, files, reply) => {
        haptic("light");
        endTyping();
        const internal = mode === "note";
        const expected_sequence = isStaff() && !internal ? this.#seen() : null;
        const hold = (isStaff() && inBrowser.get("desk.hold")) || 0;
        sendMessage({ ticket: id, text: value, internal, reply_to: reply?.id ?? null, files, expected_sequence, hold });
        this.onSent();
      },
    }, this.signal);
    this.refs.foot.replaceChildren(this.composer.node);
    this.composer.fit();
  }
}
