/**
 * What stands in the figures' place when the range holds no call, or none that the filters let through.
 *
 * @module
 */
import { filterQuery, sameView } from "./page_url.ts";
import { rangeLabel, type View } from "./view.ts";

export function EmptyRange({ view, url }: { view: View; url: URL }) {
  const filters = Object.keys(filterQuery(url.searchParams));
  const widest = view.range.kind === "period" && view.range.period === "30d";
  const where = view.range.kind === "period"
    ? `in the ${rangeLabel(view.range).toLowerCase()}`
    : "in this range";
  const without = Object.fromEntries(filters.map((name) => [name, null]));
  return (
    <div class="empty card">
      <p>
        <strong>
          {filters.length > 0 ? `No calls ${where} match the filters.` : `No calls ${where}.`}
        </strong>
      </p>
      <p class="muted">
        {filters.length > 0 && <a href={sameView(url, without)}>Drop the filters</a>}
        {filters.length > 0 && !widest && " or "}
        {!widest && (
          <a href={sameView(url, { range: "30d" })}>
            {filters.length > 0 ? "widen the range to 30 days" : "Widen the range to 30 days"}
          </a>
        )}
        {filters.length === 0 && (widest ? "Send a call: " : ", or send a call: ")}
        {filters.length === 0 ? "it shows here by itself." : "."}
      </p>
    </div>
  );
}
