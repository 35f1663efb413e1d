/**
 * What stands in the place of figures or of a list when the range holds nothing, or nothing that the
 * filters let through: why, and what to do next.
 *
 * @module
 */
import { CodeBlock } from "./code_block.tsx";
import { filterQuery, sameView } from "./page_url.ts";
import { curlSnippet } from "./snippets.ts";
import { rangeLabel, type View } from "./view.ts";

interface EmptyRangeProps {
  /** What there is none of. @default {"calls"} */
  readonly of?: string;
  /** How such a thing comes about, in a sentence. Of calls: the call itself, to be copied. */
  readonly how?: string;
  readonly view: View;
  readonly url: URL;
}

export function EmptyRange({ of = "calls", how, view, url }: EmptyRangeProps) {
  const filters = Object.keys(filterQuery(url.searchParams));
  const filtered = filters.length > 0;
  const widest = view.range.kind === "period" && view.range.period === "30d";
  const where = view.range.kind === "period"
    ? `in the ${rangeLabel(view.range).toLowerCase()}`
    : "in this range";
  const without = Object.fromEntries(filters.map((name) => [name, null]));
  return (
    <div class="empty card">
      <p>
        <strong>{`No ${of} ${where}${filtered ? " match the filters" : ""}.`}</strong>
      </p>
      {how && <p class="muted">{how}</p>}
      {(filtered || !widest) && (
        <p class="empty-actions">
          {filtered && <a class="button" href={sameView(url, without)}>Drop the filters</a>}
          {!widest && (
            <a class="button" href={sameView(url, { range: "30d" })}>Widen the range to 30 days</a>
          )}
        </p>
      )}
      {!how && !filtered && (
        <>
          <p class="muted">Or send a call: it shows here by itself.</p>
          <CodeBlock code={curlSnippet(url.origin)} label="the command" />
        </>
      )}
    </div>
  );
}
