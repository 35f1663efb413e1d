/**
 * What retention would take away and what it has taken away, in figures from ClickHouse.
 *
 * @module
 */
import type { Params, QueryOptions, Store } from "../analytics/store.ts";
import type { ErasureData } from "../event/retention.ts";
import type { Cuts } from "./cuts.ts";

export interface Amounts {
  readonly calls: number;
  readonly spans: number;
  readonly scores: number;
  /** Calls whose prompts or answers go, those whose call goes included. */
  readonly bodies: number;
  /** Bytes of these as they were sent. */
  readonly body_bytes: number;
}

const never = "1970-01-01T00:00:00.000Z";

/** What a project has from before its cuts. */
export async function amountsBefore(
  store: Pick<Store, "query">,
  project: string,
  { calls_before, bodies_before }: Cuts,
  options: QueryOptions = {},
): Promise<Amounts> {
  const time = (name: string) =>
    `timestamp < parseDateTime64BestEffort({${name}:String}, 3, 'UTC')`;
  return await amounts(
    store,
    {
      calls: time("calls"),
      spans: time("calls"),
      scores: time("calls"),
      bodies: time("bodies"),
    },
    { project, calls: calls_before ?? never, bodies: bodies_before ?? never },
    options,
  );
}

/** What a project has of one user, with what is related, or of one call. */
export async function amountsOf(
  store: Pick<Store, "query">,
  project: string,
  whom: ErasureData,
  options: QueryOptions = {},
): Promise<Amounts> {
  const byUser = "user_id" in whom;
  const of = byUser
    ? `(user_id = {whom:String} OR ifNull(user_id, '') = ''
        AND ifNull(trace_id, '') IN {traces:Array(String)})`
    : "event_id = {whom:String}";
  const related = byUser ? "event_id IN {related:Array(String)}" : "false";
  const calls = `SELECT event_id FROM events WHERE project_id = {project:String} AND ${of}`;
  return await amounts(
    store,
    {
      calls: of,
      spans: `(${of} OR event_id IN (${calls}))`,
      scores: `(${of} OR ${related} OR target_event_id IN (${calls}))`,
      bodies: `event_id IN (${calls})`,
    },
    byUser
      ? {
        project,
        whom: whom.user_id,
        traces: whom.trace_ids ?? [],
        related: whom.about_ids ?? [],
      }
      : { project, whom: whom.event_id },
    options,
  );
}

type Conditions = Readonly<Record<"calls" | "spans" | "scores" | "bodies", string>>;

async function amounts(
  store: Pick<Store, "query">,
  conditions: Conditions,
  params: Params,
  options: QueryOptions,
): Promise<Amounts> {
  const count = (table: string, condition: string, more = "0") =>
    `SELECT '${table}' AS of_table, uniqExact(event_id) AS n, ${more} AS bytes
     FROM ${table} WHERE project_id = {project:String} AND ${condition}`;
  const rows = await store.query<{ of_table: string; n: string; bytes: string }>(
    [
      count("events", conditions.calls),
      count("spans", `NOT is_call AND ${conditions.spans}`),
      count("scores", conditions.scores),
      count(
        "event_bodies",
        `request_bytes + response_bytes > 0 AND ${conditions.bodies}`,
        "sum(request_bytes + response_bytes)",
      ),
    ].join(" UNION ALL "),
    params,
    options,
  );
  const of = new Map(rows.map((row) => [row.of_table, row]));
  const number = (table: string) => Number(of.get(table)?.n ?? 0);
  return {
    calls: number("events"),
    spans: number("spans"),
    scores: number("scores"),
    bodies: number("event_bodies"),
    body_bytes: Number(of.get("event_bodies")?.bytes ?? 0),
  };
}

/** One removal: what it found to take away. */
export interface RemovedAmount {
  /** ISO UTC. */
  readonly at: string;
  readonly calls: number;
  readonly bodies: number;
  readonly body_bytes: number;
}

export interface RemovedAmounts {
  readonly total: Omit<RemovedAmount, "at">;
  /** At most ten, the newest first. */
  readonly latest: readonly RemovedAmount[];
}

const mostShown = 10;

/** What was taken away from a project, by what its tables said when it was taken away first. */
export async function removedAmounts(
  store: Pick<Store, "query">,
  project: string,
  options: QueryOptions = {},
): Promise<RemovedAmounts> {
  const rows = await store.query<{ time: string; c: string; b: string; bytes: string }>(
    `SELECT toString(toUnixTimestamp64Milli(max(at))) AS time, max(calls) AS c, max(bodies) AS b,
      max(body_bytes) AS bytes
    FROM retention_removed WHERE project_id = {project:String}
    GROUP BY log_gen, log_versionstamp, log_index ORDER BY max(at) DESC`,
    { project },
    options,
  );
  const removed = rows.map((row): RemovedAmount => ({
    at: new Date(Number(row.time)).toISOString(),
    calls: Number(row.c),
    bodies: Number(row.b),
    body_bytes: Number(row.bytes),
  }));
  const sum = (of: (one: RemovedAmount) => number) =>
    removed.reduce((total, one) => total + of(one), 0);
  return {
    total: {
      calls: sum((one) => one.calls),
      bodies: sum((one) => one.bodies),
      body_bytes: sum((one) => one.body_bytes),
    },
    latest: removed.slice(0, mostShown),
  };
}
