/**
 * What can be computed of calls, in two steps: a partial result for each part of the rows, and the result
 * of all parts. Every partial result is a whole number, a decimal, a minimum or maximum, or a sketch whose
 * merge does not depend on any order, so it makes no difference into which parts the rows were divided.
 *
 * @module
 */

/** Relative error of the percentiles: a value of 800 ms stands for 792 to 808 ms. */
const accuracy = "0.01";
/** The sketch keeps all percentiles; these are the ones that are asked for. */
export const sketch = `quantilesDD(${accuracy}, 0.5, 0.95, 0.99)`;
const sketchOf = (suffix: string) => sketch.replace("quantilesDD", `quantilesDD${suffix}`);

/** Whole microseconds: sums of floating-point numbers depend on their order. */
const micros = (column: string) => `toUInt64(round(${column} * 1000))`;

interface Part {
  /** Over rows of `events`. */
  readonly rows: string;
  /** The same over the sums by minute, hour and day, called `c`: their columns have the same names. */
  readonly cells: string;
  /** Whether the sums by minute have it as well. */
  readonly byMinute: boolean;
  /** The same over what users, keys and properties used by day, called `c`; null: those do not have it. */
  readonly facets: string | null;
}

const sum = (rows: string, name: string): Part => sumOf(rows, name, `sum(c.${name})`);
/** Of a name that the facets have as a sum, and the sums by hour in another way. */
const sumOf = (rows: string, name: string, cells: string): Part => ({
  rows,
  cells,
  byMinute: true,
  facets: `sum(c.${name})`,
});
const bare = (rows: string, cells: string): Part => ({
  rows,
  cells,
  byMinute: true,
  facets: null,
});
const large = (rows: string, cells: string): Part => ({
  rows,
  cells,
  byMinute: false,
  facets: null,
});

/** The partial results by the name of their column. */
export const parts = {
  requests: sum("count()", "requests"),
  errors: sumOf(
    "countIf(status != 'success')",
    "errors",
    "sumIf(c.requests, c.status != 'success')",
  ),
  cached: sumOf(
    "countIf(startsWith(cache, 'HIT'))",
    "cached",
    "sumIf(c.requests, startsWith(c.cache, 'HIT'))",
  ),
  unpriced: sum("countIf(cost_usd IS NULL)", "unpriced"),
  input: sum("sum(tokens_input)", "input"),
  output: sum("sum(tokens_output)", "output"),
  cost: sum("sum(ifNull(cost_usd, 0))", "cost"),
  saved: sum("sum(ifNull(saved_cost_usd, 0))", "saved"),
  // Whoever recorded a call need not have said how long it took.
  latency_calls: bare("countIf(latency_ms IS NOT NULL)", "sum(c.latency_calls)"),
  latency_us: bare(`sum(${micros("ifNull(latency_ms, 0)")})`, "sum(c.latency_us)"),
  ttft_calls: bare("countIf(ttft_ms IS NOT NULL)", "sum(c.ttft_calls)"),
  ttft_us: bare(`sum(${micros("ifNull(ttft_ms, 0)")})`, "sum(c.ttft_us)"),
  last_seen: {
    ...bare("max(timestamp)", "max(c.last_seen)"),
    facets: "max(c.last_seen)",
  },
  // By name the first and the last.
  provider_least: {
    ...bare("min(toString(provider))", "min(toString(c.provider))"),
    facets: "min(c.provider_least)",
  },
  provider_most: {
    ...bare("max(toString(provider))", "max(toString(c.provider))"),
    facets: "max(c.provider_most)",
  },
  latency_least: large("min(ifNull(latency_ms, inf))", "min(c.latency_least)"),
  latency_most: large("max(ifNull(latency_ms, 0))", "max(c.latency_most)"),
  latency: large(
    `${sketchOf("StateIf")}(ifNull(latency_ms, 0), latency_ms IS NOT NULL)`,
    `${sketchOf("MergeState")}(c.latency)`,
  ),
  ttft_least: large("min(ifNull(ttft_ms, inf))", "min(c.ttft_least)"),
  ttft_most: large("max(ifNull(ttft_ms, 0))", "max(c.ttft_most)"),
  ttft: large(
    `${sketchOf("StateIf")}(ifNull(ttft_ms, 0), ttft_ms IS NOT NULL)`,
    `${sketchOf("MergeState")}(c.ttft)`,
  ),
  users: large(
    "uniqStateIf(ifNull(user_id, ''), user_id IS NOT NULL)",
    "uniqMergeState(c.users)",
  ),
  sessions: large(
    "uniqStateIf(ifNull(session_id, ''), session_id IS NOT NULL)",
    "uniqMergeState(c.sessions)",
  ),
} as const satisfies Record<string, Part>;
export type PartName = keyof typeof parts;

interface Measure {
  readonly of: readonly PartName[];
  /** Over rows of partial results; NULL where there is no such value. */
  readonly sql: string;
  /** The same to sort by: money as a number. */
  readonly order: string;
}

/**
 * What a sketch's answer stands for. ClickHouse counts what is below a millisecond one class of values
 * too high, and has one class where two meet at a millisecond.
 */
const standsFor = (found: string) =>
  `multiIf(${found} < 1, ${found} * 0.99 / 1.01, ${found} < 1.011, 1, ${found})`;

/** A sketch answers with the middle of a class of values: never beyond the values that there were. */
const within = (found: string, least: string, most: string) =>
  `round(least(greatest(${standsFor(found)}, ${least}), ${most}), 3)`;

function percentile(name: "latency" | "ttft", index: 1 | 2 | 3): Measure {
  const calls = `${name}_calls` as const;
  const found = `${sketchOf("Merge")}(${name})[${index}]`;
  return one(
    [name, `${name}_least`, `${name}_most`, calls],
    orNull(calls, within(found, `min(${name}_least)`, `max(${name}_most)`)),
  );
}

/** The same percentile straight over a column of rows, NULL without values. */
export function percentileOf(column: string, share: 0.5 | 0.95): string {
  const found =
    `quantilesDDIf(${accuracy}, ${share})(ifNull(${column}, 0), isNotNull(${column}))[1]`;
  const exact = within(found, `min(${column})`, `max(${column})`);
  return `if(count(${column}) = 0, NULL, ${exact})`;
}

/** The same mean straight over a column of rows, NULL without values. */
export function meanOf(column: string): string {
  return `if(count(${column}) = 0, NULL,
    round(sum(${micros(`ifNull(${column}, 0)`)}) / count(${column}) / 1000, 3))`;
}

function mean(name: "latency" | "ttft"): Measure {
  const calls = `${name}_calls` as const;
  return one(
    [`${name}_us`, calls],
    orNull(calls, `round(sum(${name}_us) / sum(${calls}) / 1000, 3)`),
  );
}

const orNull = (calls: string, sql: string) => `if(sum(${calls}) = 0, NULL, ${sql})`;
const one = (of: readonly PartName[], sql: string, order = sql): Measure => ({ of, sql, order });
const total = (name: PartName) => one([name], `sum(${name})`);
const money = (name: PartName) => one([name], `toString(sum(${name}))`, `sum(${name})`);

/** Results by name. Whole numbers and decimals arrive as text. */
export const measures = {
  requests: total("requests"),
  errors: total("errors"),
  cached: total("cached"),
  unpriced: total("unpriced"),
  tokens_input: total("input"),
  tokens_output: total("output"),
  tokens: one(["input", "output"], "sum(input) + sum(output)"),
  cost: money("cost"),
  saved: money("saved"),
  latency: mean("latency"),
  p50: percentile("latency", 1),
  p95: percentile("latency", 2),
  p99: percentile("latency", 3),
  ttft: mean("ttft"),
  ttft_p50: percentile("ttft", 1),
  ttft_p95: percentile("ttft", 2),
  last_seen: one(["last_seen"], "max(last_seen)"),
  /** The one that all calls went to, or NULL. */
  provider: one(
    ["provider_least", "provider_most"],
    "if(min(provider_least) = max(provider_most), min(provider_least), NULL)",
  ),
  users: one(["users"], "uniqMerge(users)"),
  sessions: one(["sessions"], "uniqMerge(sessions)"),
} satisfies Record<string, Measure>;
export type MeasureName = keyof typeof measures;

/** The partial results that measures are made of, each once. */
export function partsOf(names: readonly MeasureName[]): PartName[] {
  return [...new Set(names.flatMap((name): readonly PartName[] => measures[name].of))];
}

/** `… AS name` for each part, over rows of `events`. */
export function partsFromRows(names: readonly PartName[]): string {
  return names.map((name) => `${parts[name].rows} AS ${name}`).join(", ");
}

/** The same over the sums by minute, hour or day. */
export function partsFromCells(names: readonly PartName[]): string {
  return names.map((name) => `${parts[name].cells} AS ${name}`).join(", ");
}

/** The same over the sums by model, which have some as sums that the others have in another way. */
export function partsFromModels(names: readonly PartName[]): string {
  return names.map((name) => {
    const { cells, facets } = parts[name];
    return `${name === "errors" || name === "cached" ? facets : cells} AS ${name}`;
  }).join(", ");
}

/** The same over `facets_by_day`, which has all of them. */
export function partsFromFacets(names: readonly PartName[]): string {
  return names.map((name) => `${parts[name].facets} AS ${name}`).join(", ");
}

/** `… AS name` for each measure, over rows of partial results. */
export function measured(names: readonly MeasureName[]): string {
  return names.map((name) => `${measures[name].sql} AS ${column(name)}`).join(", ");
}

/** A measure's column: apart from the parts, whose names ClickHouse would else take for it. */
export function column<Name extends MeasureName>(name: Name): `m_${Name}` {
  return `m_${name}`;
}
