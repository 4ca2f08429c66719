// @ts-check
/** What a customer has open of the category of a new ticket already: perhaps the words belong there. */
import { t } from "../core/i18n.js";
import { rows } from "../data/tickets.js";
import { lateStyles } from "../ui/late.js";

const MOST = 3;

/** @param {Record<string, any>} refs of the form */
export function drawSimilar(refs) {
  const open = [...rows.values()].filter(({ category, status }) =>
    category && category.id === refs.category.value && status !== "resolved" && status !== "closed"
  );
  if (open.length) lateStyles().catch(() => {}); // plain without
  refs.similar.hidden = !open.length;
  refs.similarList.replaceChildren(
    ...open.slice(0, MOST).map(({ number, subject }) => {
      const link = document.createElement("a");
      link.href = `/app/tickets/${number}`;
      Object.assign(link.dataset, { action: "go", path: `tickets/${number}` });
      link.dir = "auto";
      link.textContent = `${t("ticket_number", { number })} ${subject}`;
      return link;
    }),
  );
}
