/** The conversation must end as the server has it, whatever the network does: lost, doubled, late and reordered frames. */
import { addNewer, beginOfNewest, isFar, leavePart, showPart } from "../../../static/miniapp/data/far-part.js";
import { Thread, withJobs } from "../../../static/miniapp/data/thread.js";
import { assertEqual } from "./equal.js";

const RUNS = 12000;
const PAGES = [8, 2]; // messages per page: with few a conversation has many

/** A small generator of repeatable randomness (mulberry32). @param {number} seed */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let value = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

/** The server: a log, and the state that it leads to. */
class Server {
  /** @param {number} size of its pages */
  constructor(size) {
    this.size = size;
  }

  messages = new Map();
  log = [];
  ticket = { id: "t", subject: "0", sequence: 0 };

  get sequence() {
    return this.log.length;
  }

  append(type, message) {
    const sequence = this.sequence + 1;
    if (type.startsWith("ticket_")) this.ticket = { ...this.ticket, subject: String(sequence), sequence };
    if (type === "message_new") {
      this.messages.set(message, {
        id: message,
        sequence,
        created_at: "now",
        text: "new",
        delivery: null,
        deleted_at: null,
      });
    }
    const known = this.messages.get(message);
    if (type === "message_edited") known.text = `edited ${sequence}`;
    if (type === "message_deleted") Object.assign(known, { text: "", attachments: [], deleted_at: "now" });
    if (type === "message_delivery") known.delivery = { state: String(sequence) };
    this.log.push({ type, message, sequence });
  }

  /** A frame shows a message or ticket as it is when the frame is built. */
  frame({ type, message, sequence }) {
    const data = type.startsWith("ticket_")
      ? { ...this.ticket }
      : type === "message_deleted"
      ? { id: message }
      : type === "message_delivery"
      ? { message, delivery: { ...this.messages.get(message).delivery } }
      : { ...this.messages.get(message) };
    return { type, ticket: "t", sequence, data };
  }

  page(before = Infinity) {
    const older = [...this.messages.values()].filter((message) => message.sequence < before).sort((a, b) =>
      a.sequence - b.sequence
    );
    return {
      results: older.slice(-this.size).map((message) => ({ ...message })),
      sequence: this.sequence,
      more: older.length > this.size,
    };
  }

  /** The page around a message, or the one after it. */
  part(sequence, isAround) {
    const all = [...this.messages.values()].sort((a, b) => a.sequence - b.sequence);
    const place = all.filter((message) => message.sequence <= sequence).length;
    const begin = Math.max(0, isAround ? place - this.size / 2 : place);
    const end = begin + this.size;
    const results = all.slice(begin, end).map((message) => ({ ...message }));
    return { results, sequence: this.sequence, more: begin > 0, next: end < all.length ? "more" : null };
  }
}

class Run {
  constructor(seed) {
    this.random = random(seed);
    this.server = new Server(PAGES[seed % 2]);
    /** What is on its way and may be lost or overtaken: functions that deliver it. */
    this.wire = [];
    this.questions = 0;
    this.more = false;
    this.jobs = [];
    /** Whether there is more above the newest part, while another is shown. */
    this.above = false;
    this.visits = this.joins = 0;
    this.thread = new Thread({ askAfter: (after) => this.ask(after) });
  }

  pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  ask(after) {
    this.questions++;
    if (this.random() < 0.2) {
      this.wire.push(() => this.thread.askFailed());
      return;
    }
    const frames = this.server.log.filter((event) => event.sequence > after).map((event) => this.server.frame(event));
    const sequence = this.server.sequence;
    this.wire.push(() => this.thread.loadEvents(frames, sequence));
  }

  happen() {
    const ids = [...this.server.messages.keys()].filter((id) => !this.server.messages.get(id).deleted_at);
    const types = ["message_new", "message_new", "ticket_updated", "ticket_status_changed"];
    if (ids.length) types.push("message_edited", "message_deleted", "message_delivery", "message_edited");
    const type = this.pick(types);
    this.server.append(type, type === "message_new" ? `m${this.server.sequence}` : this.pick(ids));
    this.broadcast(this.server.log.at(-1));
  }

  broadcast(event) {
    const frame = this.server.frame(event);
    const copies = this.random() < 0.25 ? 0 : this.random() < 0.2 ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) this.wire.push(() => this.thread.apply(frame));
  }

  snapshot() {
    const page = this.server.page();
    const ticket = { ...this.server.ticket };
    this.wire.push(() => {
      if (this.thread.loadSnapshot(page.results, page.sequence)) this.more = page.more;
      this.thread.noteTicket(ticket);
    });
  }

  older() {
    const oldest = this.thread.list()[0];
    if (!this.more || !oldest) return;
    const page = this.server.page(oldest.sequence);
    this.wire.push(() => {
      if (this.thread.list()[0]?.sequence !== oldest.sequence) return; // the snapshot was replaced meanwhile
      if (this.thread.loadOlder(page.results, page.sequence)) this.more = page.more;
    });
  }

  /** A search leads to a message far above. */
  far() {
    const begin = beginOfNewest(this.thread);
    const above = [...this.server.messages.values()].filter(({ sequence }) => sequence < begin);
    if (this.thread.sequence < 0 || !above.length) return;
    const wanted = this.pick(above);
    const page = this.server.part(wanted.sequence, true);
    this.wire.push(() => {
      if (this.thread.sequence < 0 || wanted.sequence >= beginOfNewest(this.thread)) return;
      this.leave();
      const { more } = this;
      if (!showPart(this.thread, page)) return;
      this.above = more;
      this.more = page.more;
      this.visits++;
    });
  }

  newer() {
    const last = this.thread.list().at(-1);
    if (!isFar(this.thread) || !last) return;
    const page = this.server.part(last.sequence, false);
    this.wire.push(() => {
      if (!isFar(this.thread) || this.thread.list().at(-1)?.sequence !== last.sequence) return;
      if (addNewer(this.thread, page) && !isFar(this.thread)) this.joins++;
    });
  }

  leave() {
    if (!isFar(this.thread)) return;
    leavePart(this.thread);
    this.more = this.above;
  }

  /** Our own message: the answer may come before or after the frame, or never. */
  send() {
    const id = `m${this.server.sequence}`;
    this.jobs.push({ id, ticket: "t", text: "new", internal: false, files: [], created_at: "now", reply_to: null });
    this.server.append("message_new", id);
    this.broadcast(this.server.log.at(-1));
    const answer = { ...this.server.messages.get(id) };
    if (this.random() < 0.7) this.wire.push(() => this.thread.acknowledge(answer));
  }

  deliver() {
    if (!this.wire.length) return;
    const at = this.random() < 0.5 ? 0 : Math.floor(this.random() * this.wire.length);
    this.wire.splice(at, 1)[0]();
  }

  step() {
    const chance = this.random();
    if (chance < 0.35) this.happen();
    else if (chance < 0.45) this.send();
    else if (chance < 0.48) this.snapshot();
    else if (chance < 0.52) this.older();
    else if (chance < 0.54) this.far();
    else if (chance < 0.57) this.newer();
    else if (chance < 0.575) this.leave();
    else if (chance < 0.585) {
      this.thread.reset();
      this.snapshot();
    } else this.deliver();
  }

  /** The network calms down: what is on its way arrives, and a heartbeat tells the last sequence. */
  settle() {
    if (this.thread.stale) this.snapshot();
    for (let round = 0; round < 1000; round++) {
      while (this.wire.length) this.deliver();
      if (this.thread.stale) this.snapshot();
      else if (this.thread.sequence < this.server.sequence) this.thread.notice(this.server.sequence);
      else if (!this.wire.length) return;
    }
    throw new Error("it did not settle");
  }
}

const picture = (
  message,
) => [message.id, message.sequence, message.text, message.delivery?.state ?? null, Boolean(message.deleted_at)];

Deno.test("a conversation converges whatever is lost, doubled or reordered", () => {
  let [visits, joins, left] = [0, 0, 0];
  for (let seed = 1; seed <= RUNS; seed++) {
    const run = new Run(seed);
    run.snapshot();
    for (let step = 0; step < 80; step++) run.step();
    run.settle();
    const stored = [...run.server.messages.values()].sort((a, b) => a.sequence - b.sequence).map(picture);
    if (isFar(run.thread)) {
      const part = run.thread.list().map(picture);
      const begin = stored.findIndex(([id]) => id === part[0][0]);
      assertEqual(part, stored.slice(begin, begin + part.length), `the part far above, seed ${seed}`);
      if (seed % 4 === 1) {
        run.leave();
        left++;
      }
      for (let page = 0; isFar(run.thread) && page < 100; page++) {
        run.newer();
        run.settle();
      }
      // what was dropped is read anew
      run.older();
      run.settle();
    }
    visits += run.visits;
    joins += run.joins;
    const shown = run.thread.list().map(picture);
    assertEqual(shown, stored.slice(stored.length - shown.length), `messages, seed ${seed}`);
    if (!run.more) assertEqual(shown.length, stored.length, `all of them, seed ${seed}`);
    assertEqual(run.thread.ticket?.subject, run.server.ticket.subject, `ticket, seed ${seed}`);
    assertEqual(run.thread.early.size, 0, `nothing waits, seed ${seed}`);
    const me = { id: "me", name: "Me", role: "customer" };
    const rows = withJobs(run.thread.list(), run.jobs, me).filter(({ job }) => !job);
    assertEqual(rows.length, shown.length, `no message twice, seed ${seed}`);
  }
  assertEqual([visits, joins, left].map((count) => count > 200), [true, true, true], `${visits} ${joins} ${left}`);
});
