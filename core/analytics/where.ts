/**
 * The condition of every query. It begins with the project, and holds nothing that a caller wrote:
 * values are bound as parameters, column names come from the table below.
 *
 * @module
 */
import type { Filters, Range } from "./contract.ts";
import type { Params } from "./store.ts";
import { searchCondition } from "./search.ts";

export interface Where {
  readonly sql: string;
  readonly params: Params;
}

/** Filters that are "one of these", by the column they read. */
const columns = {
  provider: "provider",
  model: "model",
  user_id: "user_id",
  session_id: "session_id",
  trace_id: "trace_id",
  key_id: "key_id",
  provider_key_id: "provider_key_id",
  cache: "cache",
  type: "type",
  endpoint: "endpoint",
} as const satisfies Partial<Record<keyof Filters, string>>;

/** Filters that are ends of a span. A cost that is not known is neither above nor below anything. */
const bounds = {
  cost_min: "ifNull(cost_usd >= {cost_min:Decimal(18, 12)}, 0)",
  cost_max: "ifNull(cost_usd <= {cost_max:Decimal(18, 12)}, 0)",
  latency_min: "latency_ms >= {latency_min:Float64}",
  latency_max: "latency_ms <= {latency_max:Float64}",
} as const satisfies Partial<Record<keyof Filters, string>>;

export interface WhereOptions {
  /**
   * Whether calls that another one stands for are met as well. Without FINAL a row may still be there
   * that was replaced by one that does not count: then `counted` is for the reader to look at.
   */
  readonly uncounted?: boolean;
}

/** Works on `events` and on `events_list`. */
export function where(
  project: string,
  range: Partial<Range>,
  filters: Filters = {},
  { uncounted = false }: WhereOptions = {},
): Where {
  const conditions = [
    "project_id = {project:String}",
    ...(uncounted ? [] : ["counted"]),
    ...rangeConditions(range),
  ];
  const params: Record<string, Params[string]> = { project, ...rangeParams(range) };

  // The keys of a constant object are the type's keys.
  for (const name of Object.keys(columns) as (keyof typeof columns)[]) {
    const values = filters[name];
    if (!values) continue;
    conditions.push(`${columns[name]} IN {${name}:Array(String)}`);
    params[name] = values;
  }
  for (const [name, condition] of Object.entries(bounds)) {
    // The keys of a constant object are the type's keys.
    const value = filters[name as keyof typeof bounds];
    if (value === undefined) continue;
    conditions.push(condition);
    params[name] = value;
  }
  if (filters.status) {
    const status = statusCondition(filters.status);
    conditions.push(status.sql);
    Object.assign(params, status.params);
  }
  Object.entries(filters.properties ?? {}).forEach(([name, values], i) => {
    // Names that came as a header's have lost their capitals, those of SDKs have not.
    const spellings = [...new Set([name, name.toLowerCase()])];
    const ways = spellings.map((spelling, way) => {
      params[`property_${i}_${way}`] = spelling;
      const key = `{property_${i}_${way}:String}`;
      // A row without the property would read as the empty text.
      return `mapContains(properties, ${key}) AND properties[${key}] IN {values_${i}:Array(String)}`;
    });
    conditions.push(ways.map((way) => `(${way})`).join(" OR "));
    params[`values_${i}`] = values;
  });
  if (filters.q !== undefined) {
    const search = searchCondition(filters.q);
    conditions.push(
      `event_id IN (SELECT event_id FROM event_bodies WHERE ${
        ["project_id = {project:String}", ...rangeConditions(range), search.sql].join(" AND ")
      })`,
    );
    Object.assign(params, search.params);
  }
  return { sql: conditions.map((condition) => `(${condition})`).join(" AND "), params };
}

function rangeConditions({ from, to }: Partial<Range>): string[] {
  return [
    ...(from === undefined ? [] : ["timestamp >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')"]),
    ...(to === undefined ? [] : ["timestamp < fromUnixTimestamp64Milli({to:Int64}, 'UTC')"]),
  ];
}

function rangeParams({ from, to }: Partial<Range>): Params {
  return {
    ...(from !== undefined && { from: Date.parse(from) }),
    ...(to !== undefined && { to: Date.parse(to) }),
  };
}

/** Words name the outcome, digits the code that the client was sent. */
function statusCondition(values: readonly string[]): Where {
  const codes = values.filter((value) => /^\d{3}$/.test(value));
  const classes = values.filter((value) => /^\dxx$/.test(value)).map((value) => value.slice(0, 1));
  const words = values.filter((value) => !/^\d/.test(value));
  return {
    sql: [
      "has({status_words:Array(String)}, status)",
      "has({status_codes:Array(String)}, toString(ifNull(status_code, 0)))",
      "has({status_classes:Array(String)}, toString(intDiv(ifNull(status_code, 0), 100)))",
    ].join(" OR "),
    params: { status_words: words, status_codes: codes, status_classes: classes },
  };
}
