// @ts-check
/**
 * One ticket's conversation as this client knows it. Pure: no network, no page.
 *
 * Every event of a ticket has the next sequence. What arrives twice is dropped, what arrives early waits, a hole is asked
 * for once. Whatever is lost, doubled or reordered on the way, the conversation ends as the server has it.
 */
export class Thread {
  /** @param {{askAfter: (sequence: number) => void, onTicket?: (ticket: Desk.Ticket) => void}} owner `askAfter` asks for the events after a sequence; it must end in `loadEvents` or `askFailed` */
  constructor(owner) {
    this.owner = owner;
    // no snapshot yet
    this.sequence = -1;
    // the sequence of the last snapshot: what changed before is on no list
    this.since = -1;
    // only what stands before this sequence is shown (data/far-part.js)
    this.before = Infinity;
    this.asking = false;
    // whether only a snapshot leads on
    this.stale = true;
    /** @type {Map<string, Desk.Message>} */
    this.messages = new Map();
    /** Events that came before their turn. @type {Map<number, Desk.Event>} */
    this.early = new Map();
    /** Changes of messages that no loaded page holds yet. @type {Map<string, Desk.Event[]>} */
    this.unseen = new Map();
    /** @type {Desk.Ticket | null} */
    this.ticket = null;
  }

  /**
   * The newest page, with the ticket's sequence as of that read. An answer older than what is known is ignored.
   * @param {Desk.Message[]} messages
   * @param {number} sequence
   */
  loadSnapshot(messages, sequence) {
    const isBack = sequence < this.sequence;
    if (isBack && !this.stale) return false;
    // between the two reads pages may have changed that this one does not hold
    const kept = isBack ? [] : [...this.messages.values()].filter((message) => message.sequence > sequence);
    this.stale = false;
    this.messages = new Map([...messages, ...kept].map((message) => [message.id, message]));
    this.unseen.clear();
    this.sequence = this.since = sequence;
    this.before = Infinity;
    this.#drain();
    return true;
  }

  /**
   * A page of older messages, as of `sequence`: what has happened to them since is put on top. False if it was read
   * before the last snapshot: what changed in between is unknown, so it must be read again.
   * @param {Desk.Message[]} messages
   * @param {number} sequence
   */
  loadOlder(messages, sequence) {
    if (sequence < this.since) return false;
    for (const message of messages) {
      if (this.messages.has(message.id)) continue;
      this.messages.set(message.id, message);
      for (const event of this.unseen.get(message.id) ?? []) if (event.sequence > sequence) this.#change(event);
      this.unseen.delete(message.id);
    }
    return true;
  }

  /** The answer to `askAfter`. @param {Desk.Event[]} events @param {number} sequence */
  loadEvents(events, sequence) {
    this.asking = false;
    for (const event of events) this.#keep(event);
    this.#drain();
    this.notice(sequence);
  }

  /** The question was lost: it may be asked again. */
  askFailed() {
    this.asking = false;
  }

  /** An event from the socket. @param {Desk.Event} event */
  apply(event) {
    this.#keep(event);
    if (this.sequence >= 0) this.#drain();
  }

  /** The ticket has come to this sequence, says a heartbeat or an answer. @param {number} sequence */
  notice(sequence) {
    if (this.sequence >= 0 && sequence > this.sequence) this.#ask();
  }

  /** The log cannot be continued: what is known stands until the next snapshot, which replaces everything. */
  reset() {
    this.stale = true;
    this.asking = false;
    this.early.clear();
  }

  /**
   * The answer to our own message: fills the bubble, but only events move the sequence.
   * @param {Desk.Message} message
   */
  acknowledge(message) {
    if (message.sequence > this.sequence && !this.messages.has(message.id)) this.messages.set(message.id, message);
  }

  /** @param {Desk.Ticket} ticket */
  noteTicket(ticket) {
    if (this.ticket && ticket.sequence < this.ticket.sequence) return;
    this.ticket = { ...this.ticket, ...ticket };
    this.owner.onTicket?.(ticket);
  }

  /** What is shown, in the server's order. */
  list() {
    return [...this.messages.values()].filter(({ sequence }) => sequence < this.before).sort((a, b) =>
      a.sequence - b.sequence
    );
  }

  /** @param {Desk.Event} event */
  #keep(event) {
    if (event.sequence > this.sequence) this.early.set(event.sequence, event);
  }

  #drain() {
    for (let event; (event = this.early.get(this.sequence + 1));) {
      this.early.delete(event.sequence);
      this.sequence = event.sequence;
      this.#perform(event);
    }
    for (const sequence of this.early.keys()) if (sequence <= this.sequence) this.early.delete(sequence);
    if (this.early.size) this.#ask();
  }

  #ask() {
    if (this.asking || this.stale) return;
    this.asking = true;
    this.owner.askAfter(this.sequence);
  }

  /** @param {Desk.Event} event */
  #perform(event) {
    if (event.type.startsWith("ticket_")) this.noteTicket(event.data);
    else if (event.type === "message_new") this.messages.set(event.data.id, event.data);
    else if (event.type.startsWith("message_")) this.#change(event);
  }

  /** @param {Desk.Event} event */
  #change(event) {
    const id = event.type === "message_delivery" ? event.data.message : event.data.id;
    const known = this.messages.get(id);
    if (!known) this.unseen.set(id, [...this.unseen.get(id) ?? [], event]);
    else this.messages.set(id, changed(known, event));
  }
}

/** @param {Desk.Message} message @param {Desk.Event} event @returns {Desk.Message} */
function changed(message, event) {
  if (event.type === "message_delivery") return { ...message, delivery: event.data.delivery };
  if (event.type === "message_edited") return { ...message, ...event.data };
  return {
    ...message,
    text: "",
    entities: [],
    content: {},
    attachments: [],
    forwarded_from: null,
    deleted_at: event.data.deleted_at ?? message.deleted_at ?? message.created_at,
  };
}

/**
 * What the reader sees: the confirmed messages, then what is still on its way, in the order of sending.
 * @param {Desk.Message[]} messages
 * @param {Desk.Job[]} jobs
 * @param {Desk.Person} me
 * @returns {Desk.Entry[]}
 */
export function withJobs(messages, jobs, me) {
  const confirmed = new Set(messages.map((message) => message.id));
  return [
    ...messages.map((message) => ({ message, job: null })),
    ...jobs.filter((job) => !confirmed.has(job.id)).map((job) => ({ message: messageOf(job, me), job })),
  ];
}

/** @param {Desk.Job} job @param {Desk.Person} me @returns {Desk.Message} */
function messageOf(job, me) {
  return {
    id: job.id,
    ticket: job.ticket,
    author: me,
    kind: "text",
    text: job.text,
    internal: job.internal,
    attachments: [],
    reply_to: job.reply_to,
    sequence: Infinity,
    delivery: null,
    reactions: [],
    edited_at: null,
    deleted_at: null,
    created_at: job.created_at,
  };
}
