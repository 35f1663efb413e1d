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
import { insertSettings } from "@/clickhouse/settings.ts";
import type { Delivery } from "../projection.ts";
import { attempt } from "./insert.ts";
import type { Repricing } from "./project.ts";
import { tables } from "./rows.ts";

type Command = Pick<ClickHouseStore, "command">;

const TIMEOUT_MS = 60_000;
/** Repricings of one statement: their costs travel as one parameter of some hundred bytes each. */
const AT_ONCE = 500;

/** Where the new value of a column stands in a change, and its type. */
const changed: Readonly<Record<string, string>> = {
  cost_usd: "Nullable(Decimal(18, 12))",
  cost_lines:
    "Array(Tuple(bucket String, units UInt64, usd_per_million String, usd Decimal(18, 12)))",
  price_source: "String",
  price_version: "String",
  price_provider: "Nullable(String)",
  price_model: "Nullable(String)",
  price_match: "String",
  price_tier: "String",
  unpriced_reason: "Nullable(String)",
  repriced_reason: "Nullable(String)",
  log_gen: "UInt32",
  log_partition: "UInt16",
  log_versionstamp: "String",
  log_index: "UInt16",
};

const selects = new Map<string, string>(
  tables.map(({ name, columns }) => [name, selectOf(Object.keys(columns))]),
);

function selectOf(columns: readonly string[]): string {
  return columns.map((column) => {
    const type = changed[column];
    if (type !== undefined) return `JSONExtract(change, '${column}', '${type}') AS ${column}`;
    if (column !== "repriced_at") return `row.${column}`;
    return "parseDateTime64BestEffort(JSONExtractString(change, 'repriced_at'), 3, 'UTC') AS repriced_at";
  }).join(", ");
}

export interface IntoTable {
  /** The view's name: what the columns are known by. */
  readonly name: "events" | "event_bodies" | "events_list";
  /** The generation's table. */
  readonly table: string;
}

export async function reprice(
  store: Command,
  { name, table }: IntoTable,
  repricings: readonly Repricing[],
  signal: AbortSignal,
): Promise<Delivery> {
  // Bodies have no price.
  if (name === "event_bodies") return { ok: true };
  const byProject = Map.groupBy(lastOfEach(repricings), ({ project }) => project);
  for (const [project, all] of byProject) {
    for (let at = 0; at < all.length; at += AT_ONCE) {
      const done = await replaceRows(
        store,
        { name, table },
        project,
        all.slice(at, at + AT_ONCE),
        signal,
      );
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

async function replaceRows(
  store: Command,
  { name, table }: IntoTable,
  project: string,
  repricings: readonly Repricing[],
  signal: AbortSignal,
): Promise<Delivery> {
  const columns = Object.keys(tables.find((one) => one.name === name)?.columns ?? {});
  const times = repricings.map(({ timestamp }) => Date.parse(timestamp));
  const sql = `INSERT INTO ${table} (${columns.join(", ")})
    WITH {changes:Array(String)}[indexOf({ids:Array(String)}, row.event_id)] AS change
    SELECT ${selects.get(name)}
    FROM ${table} AS row FINAL
    WHERE row.project_id = {project:String} AND row.event_id IN {ids:Array(String)}
      AND row.timestamp >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND row.timestamp <= fromUnixTimestamp64Milli({to:Int64}, 'UTC')`;
  const params = {
    project,
    ids: repricings.map(({ event_id }) => event_id),
    changes: repricings.map(changeOf),
    from: Math.min(...times),
    to: Math.max(...times),
  };
  return await attempt(store, sql, params, {
    timeout: TIMEOUT_MS,
    signal,
    settings: insertSettings,
  });
}

function changeOf({ cost, repriced_at, repriced_reason, position }: Repricing): string {
  return JSON.stringify({
    ...cost,
    repriced_at,
    repriced_reason,
    log_gen: position.generation,
    log_partition: position.partition,
    log_versionstamp: position.versionstamp,
    log_index: position.index,
  });
}
