/**
 * Whether two generations of the tables tell the same up to a position of the log: count, sums and a hash
 * for every project and day.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { generationTable } from "@/clickhouse/generation.ts";

/** The last versionstamp to look at, by partition; empty for none. */
export type Position = readonly string[];

export interface Difference {
  readonly project: string;
  /** `2026-03-04`, UTC. */
  readonly day: string;
  /** Events in the one generation and in the other. */
  readonly events: readonly [number, number];
}

export interface Comparison {
  /** Project-days that agree. */
  readonly equal: number;
  readonly differences: readonly Difference[];
}

interface Digest {
  readonly of_table: string;
  readonly project_id: string;
  readonly day: string;
  readonly events: string;
  readonly digest: string;
}

/** Reads may take long on years of rows. */
const timeoutMs = 600_000;

export async function compareGenerations(
  store: Pick<ClickHouseStore, "query">,
  [one, other]: readonly [number, number],
  logGeneration: number,
  upTo: Position,
): Promise<Comparison> {
  const [first, second] = await Promise.all([
    digests(store, one, logGeneration, upTo),
    digests(store, other, logGeneration, upTo),
  ]);
  const differences: Difference[] = [];
  let equal = 0;
  for (const place of new Set([...first.keys(), ...second.keys()])) {
    const [a, b] = [first.get(place), second.get(place)];
    if (a && b && a.digest === b.digest) {
      equal++;
      continue;
    }
    const { project_id = "", day = "" } = a ?? b ?? {};
    differences.push({
      project: project_id,
      day,
      events: [Number(a?.events ?? 0), Number(b?.events ?? 0)],
    });
  }
  return { equal, differences };
}

/** What must agree of each table's rows. Hashed as text: the hash of a NULL is NULL, and would be skipped. */
const hashed = {
  events: `event_id, timestamp, type, status, model, tokens_input, tokens_output, cost_usd`,
  spans: `event_id, timestamp, trace_id, span_id, parent_span_id, name, status, attributes`,
  scores: `event_id, timestamp, name, value, text, target_event_id, trace_id`,
  call_attempts: `event_id, timestamp, call_id, number, provider, status, error, because`,
} as const;

async function digests(
  store: Pick<ClickHouseStore, "query">,
  generation: number,
  logGeneration: number,
  upTo: Position,
): Promise<Map<string, Digest>> {
  // Rows that an earlier log left behind are looked at whole: a rebuild cannot bring them back.
  const digestOf = (table: keyof typeof hashed, sums: string) =>
    `SELECT '${table}' AS of_table, project_id, toString(toDate(timestamp)) AS day,
       count() AS events, concat(toString(events), ' ', ${sums} toString(groupBitXor(sipHash64(
         toString(tuple(${hashed[table]}))
       )))) AS digest
     FROM ${generationTable(table, generation)} FINAL
     WHERE log_gen != {log:UInt32} OR log_versionstamp <= {upTo:Array(String)}[log_partition + 1]
     GROUP BY project_id, day`;
  const rows = await store.query<Digest>(
    [
      digestOf(
        "events",
        `toString(sum(tokens_input)), ' ', toString(sum(tokens_output)), ' ',
         ifNull(toString(sum(cost_usd)), 'none'), ' ',`,
      ),
      digestOf("spans", ""),
      digestOf("scores", ""),
      digestOf("call_attempts", ""),
    ].join(" UNION ALL "),
    { log: logGeneration, upTo },
    { timeout: timeoutMs },
  );
  return new Map(
    rows.map((row) => [JSON.stringify([row.of_table, row.project_id, row.day]), row]),
  );
}
