/**
 * Makes smaller sums out of sums that are sealed, and seals them with the same content.
 *
 * Guarantees: a seal is written only when the rows that it names are stored, and only while what they
 * were made from is sealed as it was before. Makers may run at once, be killed or never run.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { batchesByMonth } from "./batches_by_month.ts";
import type { Bounds } from "./daily_tables.ts";
import { seal, type SealedSpan } from "./seal.ts";

/** A table that is made from the rows of sealed hours or days. */
export interface DerivedTable {
  /** Of the seals of what it is made from. */
  readonly from: string;
  /** Of its own seals. */
  readonly unit: string;
  /**
   * Stores the rows of `{project}` for the spans that begin at `{starts}` (seconds since 1970), within
   * `{first}` and `{last}`, from rows made under `{sources}`. Each span has a number of its own in
   * `{mades}`.
   */
  readonly insert: string;
}

/** Of the table that is read, the sealed rows. */
const sealedRows = `project_id = {project:String}
  AND start >= toDateTime({first:UInt32}, 'UTC') AND start <= toDateTime({last:UInt32}, 'UTC')
  AND (toUnixTimestamp(start), made) IN (
    SELECT toUInt32(one.1), toUInt64(one.2)
    FROM (SELECT arrayJoin(arrayZip({starts:Array(String)}, {sources:Array(String)})) AS one)
  )`;
/** A row's number in the new table. */
const newMade =
  "toUInt64({mades:Array(String)}[indexOf({starts:Array(String)}, toString(toUnixTimestamp(start)))])";

const byModel = (unit: "hour" | "day"): DerivedTable => ({
  from: unit,
  unit: `model_${unit}`,
  insert: `INSERT INTO sums_by_model
      (project_id, unit, start, made, provider, model, requests, errors, cached, unpriced, input,
        output, cost, saved, latency_us, latency_calls, ttft_calls, ttft_us, last_seen, latency_least, latency_most,
        latency, ttft_least, ttft_most, ttft, users, sessions)
    SELECT {project:String}, '${unit}', c.start, ${newMade} AS number, c.provider, c.model,
      sum(c.requests), sumIf(c.requests, c.status != 'success'),
      sumIf(c.requests, startsWith(c.cache, 'HIT')), sum(c.unpriced), sum(c.input), sum(c.output),
      sum(c.cost), sum(c.saved), sum(c.latency_us), sum(c.latency_calls), sum(c.ttft_calls), sum(c.ttft_us),
      max(c.last_seen), min(c.latency_least), max(c.latency_most),
      quantilesDDMergeState(0.01, 0.5, 0.95, 0.99)(c.latency), min(c.ttft_least), max(c.ttft_most),
      quantilesDDMergeState(0.01, 0.5, 0.95, 0.99)(c.ttft), uniqMergeState(c.users),
      uniqMergeState(c.sessions)
    FROM calls_by_${unit} AS c WHERE ${sealedRows}
    GROUP BY c.start, number, c.provider, c.model`,
});

const promptsOf = (kept: number): DerivedTable => ({
  from: "prompts",
  unit: "largest_prompts",
  insert: `INSERT INTO largest_prompts_by_day
      (project_id, start, made, is_rest, prompt, requests, cost, dearest, bound)
    SELECT {project:String}, start, number, place > ${kept} AS of_rest, if(of_rest, 0, prompt),
      if(of_rest, 0, r), if(of_rest, 0, c), if(of_rest, (toDecimal64(0, 12), toInt64(0)), d), most
    FROM (
      SELECT *, maxIf(c, place > ${kept}) OVER (PARTITION BY start) AS most FROM (
        SELECT *, row_number() OVER (PARTITION BY start ORDER BY c DESC, r DESC, prompt) AS place
        FROM (
          SELECT start, ${newMade} AS number, prompt, sum(requests) AS r, sum(cost) AS c,
            max(dearest) AS d
          FROM prompts_by_day WHERE ${sealedRows}
          GROUP BY start, number, prompt
        )
      )
    )
    WHERE place <= ${kept + 1}`,
});

export function derivedTables({ prompts }: Pick<Bounds, "prompts">): readonly DerivedTable[] {
  return [byModel("hour"), byModel("day"), promptsOf(prompts)];
}

export interface DerivingDeps {
  readonly store: Pick<ClickHouseStore, "command" | "query">;
  /** Later than all before, and different in every run. */
  readonly newNumber: () => string;
}

interface Sealed extends SealedSpan {
  readonly project_id: string;
}

const atOnce = 24 * 31;
const inAPass = 20_000;
const timeout = 600_000;

/** Makes what is missing of a table, the newest first. */
export async function derive(
  table: DerivedTable,
  deps: DerivingDeps,
  signal: AbortSignal,
): Promise<void> {
  const open = await deps.store.query<Sealed>(
    `SELECT project_id, toUnixTimestamp(start) AS at, made, calls, content
    FROM rollup_seals FINAL
    WHERE unit = {from:String} AND (project_id, start, calls, content) NOT IN (
      SELECT project_id, start, calls, content FROM rollup_seals FINAL WHERE unit = {unit:String}
    )
    ORDER BY start DESC, project_id LIMIT ${inAPass}`,
    { from: table.from, unit: table.unit },
    { signal, timeout },
  );
  for (const some of batchesByMonth(open, (count) => count >= atOnce)) {
    if (signal.aborted) break;
    await deriveSome(table, deps, some, signal);
  }
}

/** Spans of one project and month. */
async function deriveSome(
  { from, unit, insert }: DerivedTable,
  { store, newNumber }: DerivingDeps,
  spans: readonly Sealed[],
  signal: AbortSignal,
): Promise<void> {
  const project = spans[0]?.project_id ?? "";
  const times = spans.map(({ at }) => at);
  const bounds = { project, first: Math.min(...times), last: Math.max(...times) };
  const mades = spans.map(newNumber);
  await store.command(insert, {
    ...bounds,
    starts: spans.map(({ at }) => String(at)),
    sources: spans.map((span) => span.made),
    mades,
  }, { signal, timeout });
  // What retention takes away loses its seal before its rows: what was read may have been half of it.
  const after = await store.query<Pick<Sealed, "at" | "made">>(
    `SELECT toUnixTimestamp(start) AS at, made FROM rollup_seals FINAL
    WHERE project_id = {project:String} AND unit = {from:String}
      AND start >= toDateTime({first:UInt32}, 'UTC') AND start <= toDateTime({last:UInt32}, 'UTC')`,
    { ...bounds, from },
    { signal, timeout },
  );
  const sealed = new Map(after.map((one) => [one.at, one.made]));
  const same = spans.flatMap((span, i) => {
    const made = mades[i];
    return made && sealed.get(span.at) === span.made ? [{ ...span, made }] : [];
  });
  await seal(store, { project, unit, spans: same }, { signal, timeout });
}
