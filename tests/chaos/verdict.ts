/** Compares what was acknowledged, what the log holds and what ClickHouse holds. */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { callTables, generationTable } from "@/clickhouse/generation.ts";
import { idOf } from "@/consumers/batch.ts";
import type { LogReader } from "@/core/log/contract.ts";
import { costOf, parseEventId, tokensOf } from "./event.ts";

export interface Verdict {
  readonly acknowledged: number;
  /** Events in the log, those that nobody was told of included. */
  readonly logged: number;
  /** Acknowledged events that a table lacks. */
  readonly lost: number;
  /** Rows beyond one for each event, over all tables, before any merge. */
  readonly duplicated: number;
  /** Rows of events that are not in the log. */
  readonly unexplained: number;
  /** Events of a project that stand before an earlier one. */
  readonly disordered: number;
  readonly sumsExact: boolean;
}

export async function judge(
  acknowledged: ReadonlySet<string>,
  reader: LogReader,
  store: ClickHouseStore,
): Promise<Verdict> {
  const logged = await logIds(reader);
  const lost = new Set([...acknowledged].filter((id) => !logged.has(id)));
  let duplicated = 0;
  let unexplained = 0;
  for (const table of callTables) {
    const rows = await idsIn(store, generationTable(table, 1));
    const distinct = new Set(rows);
    duplicated += rows.length - distinct.size;
    for (const id of acknowledged) if (!distinct.has(id)) lost.add(id);
    for (const id of distinct) if (!logged.has(id)) unexplained++;
  }
  return {
    acknowledged: acknowledged.size,
    logged: logged.size,
    lost: lost.size,
    duplicated,
    unexplained,
    disordered: await disorder(store),
    sumsExact: await sumsAreExact(store, logged),
  };
}

async function logIds(reader: LogReader): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let partition = 0; partition < reader.partitions; partition++) {
    let after: string | null = null;
    while (true) {
      const records = await reader.read(partition, { after, maxRecords: 500 });
      if (records.length === 0) break;
      for (const { entries } of records) {
        for (const entry of entries) ids.add(idOf(entry) ?? "");
      }
      after = records.at(-1)?.versionstamp ?? after;
    }
  }
  return ids;
}

async function idsIn(store: ClickHouseStore, table: string): Promise<string[]> {
  const ids: string[] = [];
  const rows = store.stream<{ event_id: string }>(`SELECT event_id FROM ${table}`);
  for await (const { event_id } of rows) ids.push(event_id);
  return ids;
}

/** Rows whose event was appended after that of the row before them in the log. */
async function disorder(store: ClickHouseStore): Promise<number> {
  const rows = store.stream<{ project_id: string; event_id: string }>(
    `SELECT DISTINCT project_id, event_id, log_position FROM ${generationTable("events", 1)}
     ORDER BY project_id, log_position`,
  );
  let disordered = 0;
  let before = { project: "", writer: -1, seq: -1 };
  for await (const { project_id, event_id } of rows) {
    const { writer, seq } = parseEventId(event_id);
    const sameProject = project_id === before.project;
    const earlier = writer < before.writer || (writer === before.writer && seq < before.seq);
    if (sameProject && earlier) disordered++;
    before = { project: project_id, writer, seq };
  }
  return disordered;
}

/** Sums over the rows as they are: a row too many or too few is seen here as well. */
async function sumsAreExact(store: ClickHouseStore, logged: ReadonlySet<string>): Promise<boolean> {
  let tokens = 0;
  let cost = 0n;
  for (const id of logged) {
    tokens += tokensOf(id);
    cost += costOf(id);
  }
  for (const table of ["events", "events_list"] as const) {
    const [sums] = await store.query<{ tokens: string; cost: string }>(
      `SELECT sum(tokens_input) AS tokens, toString(sum(cost_usd)) AS cost
       FROM ${generationTable(table, 1)}`,
    );
    if (Number(sums?.tokens) !== tokens || picodollars(sums?.cost ?? "") !== cost) return false;
  }
  return true;
}

function picodollars(usd: string): bigint {
  const [whole = "", fraction = ""] = usd.split(".");
  return BigInt(whole + fraction.padEnd(12, "0"));
}
