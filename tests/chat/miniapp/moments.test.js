/** What "this evening" and "on Monday" mean at each hour of each day. */
import { fieldValue, presets } from "../../../static/miniapp/ui/moments.js";

const offered = (...moment) => presets(new Date(...moment)).map(({ name, at }) => `${name} ${fieldValue(at).slice(5)}`);

function same(found, wanted) {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`${found}\n${wanted}`);
}

Deno.test("each hour offers what still makes sense", () => {
  same(offered(2026, 10, 25, 14, 5), [ // a Wednesday
    "hour 11-25T15:05",
    "evening 11-25T18:00",
    "tomorrow 11-26T09:00",
    "monday 11-30T09:00",
  ]);
  same(offered(2026, 10, 25, 23, 30), ["hour 11-26T00:30", "tomorrow 11-26T09:00", "monday 11-30T09:00"]);
  same(offered(2026, 10, 29, 12, 0), ["hour 11-29T13:00", "evening 11-29T18:00", "tomorrow 11-30T09:00"]); // a Sunday
  same(offered(2026, 10, 30, 17, 0), ["hour 11-30T18:00", "tomorrow 12-01T09:00", "monday 12-07T09:00"]); // a Monday
  same(offered(2026, 11, 31, 9, 0).slice(2), ["tomorrow 01-01T09:00", "monday 01-04T09:00"]);
});
