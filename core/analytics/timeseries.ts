/**
 * One metric over time, whole or by group. Every bucket of the range is there, the empty ones as 0.
 *
 * @module
 */
import type { GroupBy, ReadOptions, TimeseriesQuery } from "./contract.ts";
import { groupedProperty } from "./filters.ts";
import { exact } from "./settings.ts";
import type { Params, Store } from "./store.ts";
import type { Metric, Point, Timeseries } from "./types.ts";
import { where } from "./where.ts";

/** What each metric computes, as text so that money keeps its digits. */
const values: Readonly<Record<Metric, string>> = {
  requests: "toString(count())",
  cost: "toString(ifNull(sum(cost_usd), 0))",
  latency: "toString(round(avg(latency_ms), 3))",
  errors: "toString(countIf(status != 'success'))",
  tokens: "toString(sum(tokens_input + tokens_output))",
  cache: "toString(countIf(startsWith(cache, 'HIT')))",
};

/** By what the eight groups with a line of their own are chosen: size, also where the value is a mean. */
const sizes: Readonly<Record<Metric, string>> = {
  requests: "count()",
  cost: "ifNull(sum(cost_usd), 0)",
  latency: "count()",
  errors: "countIf(status != 'success')",
  tokens: "sum(tokens_input + tokens_output)",
  cache: "countIf(startsWith(cache, 'HIT'))",
};

const groupColumns: Readonly<Record<Exclude<GroupBy, `property.${string}`>, string>> = {
  provider: "provider",
  model: "model",
  user: "user_id",
  status: "status",
  endpoint: "endpoint",
  session: "session_id",
};

const shownGroups = 8;
const bucketColumn =
  "intDiv(toUnixTimestamp(timestamp), {bucket:UInt32}) * {bucket:UInt32} AS bucket";

interface BucketRow {
  /** Seconds since 1970. */
  readonly bucket: string;
  readonly value: string;
  readonly line?: string | null;
  /** 1 for the groups beyond the shown ones. */
  readonly rest?: number;
}

export async function timeseries(
  store: Store,
  project: string,
  query: TimeseriesQuery,
  options: ReadOptions,
): Promise<Timeseries> {
  const { range, filters, metric, bucketSeconds, groupBy, period } = query;
  const condition = where(project, range, filters);
  const read = groupBy
    ? groupedQuery(condition.sql, metric, groupBy)
    : { sql: plainQuery(condition.sql, metric), params: {} };
  const rows = await store.query<BucketRow>(
    read.sql,
    { ...condition.params, ...read.params, bucket: bucketSeconds },
    { ...options, settings: exact },
  );
  return {
    project_id: project,
    metric,
    ...(period && { period }),
    bucket_seconds: bucketSeconds,
    date_from: range.from,
    date_to: range.to,
    group_by: groupBy ?? null,
    data: filled(rows, query),
  };
}

function plainQuery(condition: string, metric: Metric): string {
  return `SELECT ${bucketColumn}, ${values[metric]} AS value
    FROM events WHERE ${condition} GROUP BY bucket`;
}

/** The groups beyond the largest fall together before they leave ClickHouse: a million users are one line. */
function groupedQuery(
  condition: string,
  metric: Metric,
  groupBy: GroupBy,
): { sql: string; params: Params } {
  const property = groupedProperty(groupBy);
  // Not a property, so one of the named columns.
  const column = groupColumns[groupBy as keyof typeof groupColumns];
  const name = property === null
    ? `toString(ifNull(${column}, ''))`
    : "properties[{group_property:String}]";
  const sql = `
    WITH ${name} AS name, shown AS (
      SELECT ${name} AS name FROM events WHERE ${condition}
      GROUP BY name ORDER BY ${sizes[metric]} DESC, name LIMIT ${shownGroups}
    )
    SELECT
      ${bucketColumn},
      name NOT IN (SELECT name FROM shown) AS rest,
      if(rest, NULL, nullIf(name, '')) AS line,
      ${values[metric]} AS value
    FROM events WHERE ${condition} GROUP BY bucket, rest, line`;
  return { sql, params: property === null ? {} : { group_property: property } };
}

interface Line {
  readonly group?: string | null;
  readonly other?: true;
  readonly values: Map<number, string>;
}

function filled(rows: readonly BucketRow[], query: TimeseriesQuery): Point[] {
  const lines = linesOf(rows, query.groupBy !== undefined);
  const buckets = bucketTimes(query);
  const point = (value: string) => query.metric === "cost" ? value : Number(value);
  return lines.flatMap(({ values, ...line }) =>
    buckets.map((time) => ({
      timestamp: new Date(time * 1000).toISOString(),
      value: point(values.get(time) ?? "0"),
      ...line,
    }))
  );
}

function linesOf(rows: readonly BucketRow[], grouped: boolean): Line[] {
  if (!grouped) return [{ values: valuesOf(rows) }];
  const byLine = Map.groupBy(rows, ({ line, rest }) => rest ? "rest" : `line:${line ?? ""}`);
  const lines = [...byLine].map(([key, members]): Line => ({
    group: key === "rest" ? "other" : members[0]?.line ?? null,
    ...(key === "rest" && { other: true }),
    values: valuesOf(members),
  }));
  // Named groups by name, what has none after them, the rest at the end.
  const rank = ({ group, other }: Line) => other ? "2" : group === null ? "1" : `0${group}`;
  return lines.sort((a, b) => rank(a) < rank(b) ? -1 : 1);
}

function valuesOf(rows: readonly BucketRow[]): Map<number, string> {
  return new Map(rows.map(({ bucket, value }) => [Number(bucket), value]));
}

function bucketTimes({ range, bucketSeconds }: TimeseriesQuery): number[] {
  const first = Math.floor(Date.parse(range.from) / 1000 / bucketSeconds) * bucketSeconds;
  const count = Math.ceil((Date.parse(range.to) / 1000 - first) / bucketSeconds);
  return Array.from({ length: count }, (_, i) => first + i * bucketSeconds);
}
