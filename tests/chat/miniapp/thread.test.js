/** The conversation, case by case. */
import { addNewer, leavePart, showPart } from "../../../static/miniapp/data/far-part.js";
import { Thread, withJobs } from "../../../static/miniapp/data/thread.js";
import { assertEqual } from "./equal.js";

const message = (id, sequence, more = {}) => ({
  id,
  sequence,
  text: id,
  ticket: "t",
  attachments: [],
  deleted_at: null,
  delivery: null,
  ...more,
});
const event = (type, sequence, data) => ({ type, sequence, ticket: "t", data });

Deno.test("a hole is asked for once, and what came early waits", () => {
  const asked = [];
  const thread = new Thread({ askAfter: (after) => asked.push(after) });
  thread.loadSnapshot([message("a", 1)], 1);
  thread.apply(event("message_new", 3, message("c", 3)));
  thread.apply(event("message_new", 4, message("d", 4)));
  assertEqual(asked, [1], "asked");
  assertEqual(thread.list().map(({ id }) => id), ["a"], "shown");
  thread.loadEvents([event("message_new", 2, message("b", 2)), event("message_new", 3, message("c", 3))], 4);
  assertEqual(thread.list().map(({ id }) => id), ["a", "b", "c", "d"], "shown");
});

Deno.test("events before the snapshot wait for it", () => {
  const thread = new Thread({ askAfter: () => {} });
  thread.apply(event("message_new", 3, message("c", 3)));
  thread.apply(event("message_new", 2, message("b", 2)));
  thread.loadSnapshot([message("a", 1), message("b", 2)], 2);
  assertEqual(thread.list().map(({ id }) => id), ["a", "b", "c"], "shown");
  assertEqual(thread.sequence, 3, "sequence");
});

Deno.test("an older snapshot that comes late changes nothing", () => {
  const thread = new Thread({ askAfter: () => {} });
  thread.loadSnapshot([message("a", 1), message("b", 2)], 2);
  assertEqual(thread.loadSnapshot([message("a", 1)], 1), false, "taken");
  assertEqual(thread.list().length, 2, "shown");
});

Deno.test("where the log cannot be continued, what is shown stays until the next snapshot, whatever its sequence", () => {
  const asked = [];
  const thread = new Thread({ askAfter: (after) => asked.push(after) });
  thread.loadSnapshot([message("a", 1), message("b", 7)], 7);
  thread.reset();
  thread.apply(event("message_new", 9, message("z", 9)));
  thread.loadEvents([event("message_new", 12, message("late", 12))], 12); // an answer that was on its way
  thread.notice(20);
  assertEqual(asked, [], "asked");
  assertEqual(thread.list().map(({ id }) => id), ["a", "b"], "shown");
  assertEqual(thread.loadSnapshot([message("c", 2)], 2), true, "taken");
  assertEqual(thread.list().map(({ id }) => id), ["c"], "shown");
  assertEqual(asked, [2], "asked");
});

Deno.test("an answer fills the bubble but does not move the sequence", () => {
  const thread = new Thread({ askAfter: () => {} });
  thread.loadSnapshot([message("a", 1)], 1);
  thread.acknowledge(message("c", 3));
  assertEqual(thread.sequence, 1, "sequence");
  thread.apply(event("message_new", 2, message("b", 2)));
  thread.apply(event("message_new", 3, message("c", 3)));
  assertEqual(thread.list().map(({ id }) => id), ["a", "b", "c"], "shown");
});

Deno.test("an edit of a page that is not loaded is on it when it comes", () => {
  const thread = new Thread({ askAfter: () => {} });
  thread.loadSnapshot([message("b", 2)], 2);
  thread.apply(event("message_edited", 3, message("a", 1, { text: "changed" })));
  thread.loadOlder([message("a", 1)], 2);
  assertEqual(thread.list().map(({ text }) => text), ["changed", "b"], "texts");
});

Deno.test("what is on its way stands behind what has arrived, in the order of sending", () => {
  const job = (id) => ({ id, ticket: "t", text: id, internal: false, files: [], reply_to: null, created_at: "now" });
  const me = { id: "me", name: "Me", role: "customer" };
  const rows = withJobs([message("a", 1), message("x", 2)], [job("x"), job("y"), job("z")], me);
  assertEqual(rows.map(({ message: { id }, job }) => [id, Boolean(job)]), [["a", false], ["x", false], ["y", true], [
    "z",
    true,
  ]], "rows");
});

Deno.test("a part far above is shown alone, changes reach it, and the pages below join it", () => {
  const thread = new Thread({ askAfter: () => {} });
  const page = (results, next, sequence) => ({ results, next, sequence });
  const texts = () => thread.list().map(({ text }) => text);
  thread.loadSnapshot([message("h", 8), message("i", 9)], 9);
  assertEqual(showPart(thread, page([message("a", 1), message("b", 2)], "more", 8)), false, "read before the snapshot");
  assertEqual(texts(), ["h", "i"], "nothing happened");
  thread.apply(event("message_edited", 10, message("b", 2, { text: "changed" })));
  assertEqual(showPart(thread, page([message("a", 1), message("b", 2)], "more", 9)), true, "shown");
  assertEqual(texts(), ["a", "changed"], "alone, with what has happened to it");
  thread.apply(event("message_new", 11, message("j", 11)));
  thread.apply(event("message_edited", 12, message("a", 1, { text: "A" })));
  assertEqual(texts(), ["A", "changed"], "what is new stands below");
  addNewer(thread, page([message("c", 3), message("d", 4)], "more", 12));
  assertEqual(texts(), ["A", "changed", "c", "d"], "one page more");
  addNewer(thread, page([message("g", 7), message("h", 8, { text: "late" })], "more", 12));
  assertEqual(texts(), ["A", "changed", "c", "d", "g", "h", "i", "j"], "joined");
});

Deno.test("a part that was left is read anew", () => {
  const thread = new Thread({ askAfter: () => {} });
  thread.loadSnapshot([message("i", 9)], 9);
  const part = { results: [message("a", 1)], next: "more", sequence: 9 };
  showPart(thread, part);
  thread.apply(event("message_deleted", 10, { id: "a" }));
  leavePart(thread);
  assertEqual(thread.list().map(({ id }) => id), ["i"], "the newest");
  assertEqual(showPart(thread, part), false, "its words are gone since");
});
