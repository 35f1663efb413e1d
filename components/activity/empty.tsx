/**
 * What stands in a list's place when nothing is in it: why, and what to do.
 *
 * @module
 */
import { filterQuery, sameView } from "../page_url.ts";
import { rangeLabel, type View } from "../view.ts";

interface NothingProps {
  /** `traces`, `sessions`, `users` or `models`. */
  readonly of: string;
  /** How such a thing comes about, in a sentence. */
  readonly how: string;
  readonly view: View;
  readonly url: URL;
}

export function Nothing({ of, how, view, url }: NothingProps) {
  const filtered = Object.keys(filterQuery(url.searchParams));
  const where = view.range.kind === "period"
    ? `in the ${rangeLabel(view.range).toLowerCase()}`
    : "in this range";
  const widest = view.range.kind === "period" && view.range.period === "30d";
  const without = Object.fromEntries(filtered.map((name) => [name, null]));
  return (
    <div class="empty card">
      <p>
        <strong>{`No ${of} ${where}${filtered.length > 0 ? " match the filters" : ""}.`}</strong>
      </p>
      <p class="muted">{how}</p>
      <p>
        {filtered.length > 0 && (
          <a class="button" href={sameView(url, without)}>
            Drop the filters
          </a>
        )}
        {filtered.length === 0 && !widest && (
          <a class="button" href={sameView(url, { range: "30d" })}>Widen the range to 30 days</a>
        )}
      </p>
    </div>
  );
}
