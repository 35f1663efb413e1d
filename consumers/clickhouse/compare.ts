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
  readonly project_id: string;
  readonly day: string;
  readonly events: string;
  readonly digest: string;
}

/** Reads may take long on years of rows. */
const TIMEOUT_MS = 600_000;

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

async function digests(
  store: Pick<ClickHouseStore, "query">,
  generation: number,
  logGeneration: number,
  upTo: Position,
): Promise<Map<string, Digest>> {
  // Rows that an earlier log left behind are looked at whole: a rebuild cannot bring them back.
  const rows = await store.query<Digest>(
    `SELECT project_id, toString(toDate(timestamp)) AS day, count() AS events,
       concat(toString(events), ' ', toString(sum(tokens_input)), ' ', toString(sum(tokens_output)),
         ' ', toString(sum(cost_usd)), ' ', toString(groupBitXor(sipHash64(
           event_id, timestamp, type, status, model, tokens_input, tokens_output, toString(cost_usd)
         )))) AS digest
     FROM ${generationTable("events", generation)} FINAL
     WHERE log_gen != {log:UInt32} OR log_versionstamp <= {upTo:Array(String)}[log_partition + 1]
     GROUP BY project_id, day`,
    { log: logGeneration, upTo },
    { timeout: TIMEOUT_MS },
  );
  return new Map(rows.map((row) => [JSON.stringify([row.project_id, row.day]), row]));
}
