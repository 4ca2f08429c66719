// @ts-check
/** Pictures that this page has picked itself are shown from its memory, no longer than somebody sees them. */
import { jobs } from "../data/outbox.js";
import { holdPictures, picturesOf, previews } from "../data/uploads.js";

/** Of a form whose ticket is open now, until that is left. @type {string[]} */
let handed = [];

/** @param {string[]} addresses of the pictures */
export const handOver = (addresses) => {
  handed = addresses;
};

/** While a conversation is looked at: those of its messages and of what is picked. @param {{messages: () => Desk.Message[], composer: () => Desk.Composer | null | undefined}} owner @param {AbortSignal} signal */
export function holdShown({ messages, composer }, signal) {
  const files = () => messages().flatMap(({ attachments }) => attachments);
  holdPictures(() => [
    ...files().map(({ id }) => previews.get(id) ?? ""),
    ...picturesOf(composer()?.picker.files ?? []),
    ...handed,
  ], signal);
  signal.addEventListener("abort", () => {
    handed = [];
  }, { once: true });
}

holdPictures(() => [...jobs.values()].flatMap((job) => picturesOf(job.files)));
holdPictures(() => handed);
