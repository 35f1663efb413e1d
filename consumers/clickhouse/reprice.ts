/**
 * Gives calls another cost: their rows are written again as they are, with the new cost and the place of
 * the `call.repriced` event in the log. ReplacingMergeTree keeps the row with the highest place.
 *
 * Guarantees: rows are never changed, only replaced; doing it twice, or two repricings in any order,
 * leaves what the last one in the log says; a call that has no row (removed with the demo, a dead letter)
 * gets none. The row is taken from the table itself and not from the event, so that an event of some
 * hundred bytes is enough; a rebuild meets the call before its repricings, because both stand in one
 * partition of the log.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import type { Delivery } from "../projection.ts";
import { attempt, insertRows } from "./insert.ts";
import type { Repricing } from "./project.ts";
import { type TableName, tables } from "./rows.ts";

type Access = Pick<ClickHouseStore, "command" | "query">;

const timeoutMs = 60_000;
/** Rows that are read and written at once: some kilobytes each. */
const atOnce = 1_000;

export interface IntoTable {
  /** The view's name: what the columns are known by. */
  readonly name: TableName;
  /** The generation's table. */
  readonly table: string;
}

type Row = Readonly<Record<string, unknown>>;

export async function reprice(
  store: Access,
  into: IntoTable,
  repricings: readonly Repricing[],
  token: string,
  signal: AbortSignal,
): Promise<Delivery> {
  // Nothing else has a price.
  if (into.name !== "events" && into.name !== "events_list") return { ok: true };
  const byProject = Map.groupBy(lastOfEach(repricings), ({ project }) => project);
  let part = 0;
  for (const all of byProject.values()) {
    for (let at = 0; at < all.length; at += atOnce) {
      const some = all.slice(at, at + atOnce);
      const done = await replaceRows(store, into, some, `${token}:repriced:${part++}`, signal);
      if (!done.ok) return done;
    }
  }
  return { ok: true };
}

/** Of several repricings of one call the last in the log: the others would be replaced at once. */
function lastOfEach(repricings: readonly Repricing[]): Repricing[] {
  const last = new Map(repricings.map((one) => [JSON.stringify([one.project, one.event_id]), one]));
  return [...last.values()];
}

/** Repricings of one project. */
async function replaceRows(
  store: Access,
  { name, table }: IntoTable,
  repricings: readonly Repricing[],
  token: string,
  signal: AbortSignal,
): Promise<Delivery> {
  const columns = Object.keys(tables.find((one) => one.name === name)?.columns ?? {});
  let rows: Row[] = [];
  const reading = await attempt(async () => {
    rows = await readRows(store, table, columns, repricings, signal);
  });
  if (!reading.ok || rows.length === 0) return reading;
  const changes = new Map(repricings.map((one) => [one.event_id, changeOf(one)]));
  const changed = rows.map((row) => {
    const change: Row = changes.get(String(row.event_id)) ?? {};
    return Object.fromEntries(
      columns.map((column) => [column, column in change ? change[column] : row[column]]),
    );
  });
  return await insertRows(store, table, changed, token, signal);
}

/** The rows as they are, in the form in which they can be written again: nothing of them is rounded. */
async function readRows(
  store: Access,
  table: string,
  columns: readonly string[],
  repricings: readonly Repricing[],
  signal: AbortSignal,
): Promise<Row[]> {
  const times = repricings.map(({ timestamp }) => Date.parse(timestamp));
  return await store.query<Row>(
    `SELECT ${columns.join(", ")} FROM ${table} FINAL
     WHERE project_id = {project:String} AND event_id IN {ids:Array(String)}
       AND timestamp >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
       AND timestamp <= fromUnixTimestamp64Milli({to:Int64}, 'UTC')`,
    {
      project: repricings[0]?.project ?? "",
      ids: repricings.map(({ event_id }) => event_id),
      from: Math.min(...times),
      to: Math.max(...times),
    },
    { timeout: timeoutMs, signal },
  );
}

function changeOf({ cost, repriced_at, repriced_reason, position }: Repricing): Row {
  return {
    ...cost,
    repriced_at,
    repriced_reason,
    log_gen: position.generation,
    log_partition: position.partition,
    log_versionstamp: position.versionstamp,
    log_index: position.index,
  };
}
