// @ts-check
/** What could not be sent: its ticket's row says so, and whoever looks at something else is told once and led there. */
import { toast } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { go, path } from "../core/router.js";
import { inBrowser } from "../core/storage.js";
import { touch, watch } from "../core/store.js";
import { haptic, isVisible, onVisibility } from "../core/telegram.js";
import { unsent } from "../data/drafts.js";
import { elsewhere } from "../data/other-tabs.js";
import { jobs } from "../data/outbox.js";
import { startResending } from "../data/resending.js";
import { session } from "../data/session.js";
import { isConfirmed } from "../data/threads.js";
import { fetchTicket, rows } from "../data/tickets.js";
import { lateStyles } from "../ui/late.js";
import { offer } from "../ui/offer.js";
import { summaryOf } from "../ui/words.js";

const STANDS_SECONDS = 20;
/** Of what this person has been told already, over reloads too. */
const TOLD = "desk.told.";
/** By the ticket that each leads to. @type {Map<string, HTMLElement>} */
const notices = new Map();

/** From now on, beside all that is done with what is on its way. */
export function followUnsent() {
  startResending();
  watch("unsent", showUnsent);
  onVisibility(showUnsent); // nobody is told while nobody looks
  showUnsent();
}

/** Brings rows and notices up to what has failed by now, here and in this person's other tabs. */
function showUnsent() {
  const failed = [...jobs.values(), ...elsewhere.values()].filter(({ id, ticket, state }) =>
    state === "failed" && !isConfirmed(ticket, id)
  );
  const before = String([...unsent]);
  unsent.clear();
  for (const job of failed) {
    unsent.set(job.ticket, summaryOf({ ...job, kind: job.files[0]?.kind ?? "", attachments: [] }));
  }
  if (String([...unsent]) !== before) touch("tickets");
  for (const [ticket, notice] of notices) {
    if (unsent.has(ticket) || notice.contains(document.activeElement)) continue;
    notice.remove();
    notices.delete(ticket);
  }
  if (isVisible()) tellNew(failed);
}

/** What failed in another tab is told there. @param {Desk.Job[]} failed */
function tellNew(failed) {
  const key = TOLD + session.me.id;
  /** @type {Set<string>} */
  const told = new Set(inBrowser.get(key) ?? []);
  const fresh = failed.filter(({ id }) => jobs.has(id) && !told.has(id));
  // what is tried again is no news when it fails once more
  const known = [...jobs.values(), ...elsewhere.values()].filter((job) => told.has(job.id) || fresh.includes(job));
  if (!fresh.length && known.length === told.size) return;
  inBrowser.set(key, known.length ? known.map(({ id }) => id) : null);
  for (const ticket of new Set(fresh.map((job) => job.ticket))) tell(ticket);
}

/** The conversation that is open shows and says it by itself. @param {string} ticket */
async function tell(ticket) {
  const isShown = (/** @type {Desk.Ticket | null} */ row) => row && path() === `tickets/${row.number}`;
  if (isShown(rows.get(ticket) ?? null)) return;
  const [row] = await Promise.all([rows.get(ticket) ?? fetchTicket(ticket).catch(() => null), lateStyles()]);
  if (isShown(row)) return;
  haptic("error");
  if (!row) return toast(t("failed"));
  const text = t("unsent_in", { ticket: t("ticket_number", { number: row.number }) });
  notices.get(ticket)?.remove();
  notices.set(ticket, offer("unsent", text, () => go(`tickets/${row.number}`), STANDS_SECONDS, "assertive"));
}
