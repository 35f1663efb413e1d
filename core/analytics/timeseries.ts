/**
 * One metric over time, whole or by group. Every bucket of the range is there, the empty ones as 0.
 *
 * @module
 */
import type { GroupBy, ReadOptions, TimeseriesQuery } from "./contract.ts";
import { column, measured, type MeasureName, measures, partsOf } from "./measures.ts";
import type { Calls } from "./source.ts";
import type { Metric, Point, Timeseries } from "./types.ts";

/** What each metric is, and by which size the groups with a line of their own are chosen. */
const metrics: Readonly<Record<Metric, readonly [value: MeasureName, size: MeasureName]>> = {
  requests: ["requests", "requests"],
  cost: ["cost", "cost"],
  latency: ["latency", "requests"],
  errors: ["errors", "errors"],
  tokens: ["tokens", "tokens"],
  cache: ["cached", "cached"],
  p50: ["p50", "requests"],
  p95: ["p95", "requests"],
  p99: ["p99", "requests"],
  ttft: ["ttft", "requests"],
  saved: ["saved", "saved"],
  unpriced: ["unpriced", "unpriced"],
};
const decimals: readonly Metric[] = ["cost", "saved"];

const defaultTop = 8;

interface BucketRow {
  /** Seconds since 1970. */
  readonly bucket: string;
  readonly value: string | null;
  readonly name?: string | null;
  /** 1 for the groups beyond the shown ones. */
  readonly rest?: number;
}

/** By group only the `top` largest are told apart; the others are one, without a name. */
export async function timeseries(
  calls: Calls,
  project: string,
  query: TimeseriesQuery,
  options: ReadOptions,
): Promise<Timeseries> {
  const { range, filters, metric, bucketSeconds, groupBy, period, top = defaultTop } = query;
  const [value, size] = metrics[metric];
  const source = await calls.source({ project, range, filters }, {
    parts: partsOf([value, size]),
    bucketSeconds,
    ...(groupBy !== undefined && { groupBy }),
  });
  const rows = await calls.store.query<BucketRow>(
    queryOf(source.sql, groupBy, value, size),
    { ...source.params, top },
    options,
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

const asText = (value: MeasureName) => `toString(m.${column(value)}) AS value`;

function plainQuery(source: string, value: MeasureName): string {
  return `SELECT bucket, ${asText(value)} FROM
    (SELECT bucket, ${measured([value])} FROM (${source}) GROUP BY bucket) AS m`;
}

function queryOf(source: string, by: GroupBy | undefined, value: MeasureName, size: MeasureName) {
  if (by === undefined) return plainQuery(source, value);
  return fewGroups.includes(by)
    ? rankedQuery(source, value, size)
    : groupedQuery(source, value, size);
}

/** What has so few groups that all of them can be ranked, bucket by bucket, in one reading. */
const fewGroups: readonly GroupBy[] = ["provider", "model", "status", "cache"];

function rankedQuery(source: string, value: MeasureName, size: MeasureName): string {
  // Sizes are sums.
  const total = partsOf([size]).map((part) => `sum(${part}) OVER (PARTITION BY line)`).join(" + ");
  return `
    SELECT bucket, rest, name, ${asText(value)} FROM (
      SELECT bucket, place > {top:UInt32} AS rest, if(rest, NULL, nullIf(line, '')) AS name,
        ${measured([value])}
      FROM (
        SELECT *, dense_rank() OVER (ORDER BY total DESC, line) AS place
        FROM (SELECT *, ${total} AS total FROM (${source}))
      )
      GROUP BY bucket, rest, name
    ) AS m`;
}

/** The groups beyond the largest fall together before they leave ClickHouse: a million users are one line. */
function groupedQuery(source: string, value: MeasureName, size: MeasureName): string {
  return `
    WITH calls AS (${source}), shown AS (
      SELECT line FROM calls GROUP BY line ORDER BY ${measures[size].order} DESC, line
      LIMIT {top:UInt32}
    )
    SELECT bucket, rest, name, ${asText(value)} FROM (
      SELECT bucket, line NOT IN (SELECT line FROM shown) AS rest,
        if(rest, NULL, nullIf(line, '')) AS name, ${measured([value])}
      FROM calls GROUP BY bucket, rest, name
    ) AS m`;
}

interface Line {
  readonly group?: string | null;
  readonly other?: true;
  readonly values: Map<number, string>;
}

function filled(rows: readonly BucketRow[], query: TimeseriesQuery): Point[] {
  const lines = linesOf(rows, query.groupBy !== undefined);
  const buckets = bucketTimes(query);
  const point = (value: string) => decimals.includes(query.metric) ? value : Number(value);
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
  const byLine = Map.groupBy(rows, ({ name, rest }) => rest ? "rest" : `line:${name ?? ""}`);
  const lines = [...byLine].map(([key, members]): Line => ({
    group: key === "rest" ? "other" : members[0]?.name ?? null,
    ...(key === "rest" && { other: true }),
    values: valuesOf(members),
  }));
  // Named groups by name, what has none after them, the rest at the end.
  const rank = ({ group, other }: Line) => other ? "2" : group === null ? "1" : `0${group}`;
  return lines.sort((a, b) => rank(a) < rank(b) ? -1 : 1);
}

function valuesOf(rows: readonly BucketRow[]): Map<number, string> {
  return new Map(rows.map(({ bucket, value }) => [Number(bucket), value ?? "0"]));
}

function bucketTimes({ range, bucketSeconds }: TimeseriesQuery): number[] {
  const first = Math.floor(Date.parse(range.from) / 1000 / bucketSeconds) * bucketSeconds;
  const count = Math.ceil((Date.parse(range.to) / 1000 - first) / bucketSeconds);
  return Array.from({ length: count }, (_, i) => first + i * bucketSeconds);
}
