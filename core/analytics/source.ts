/**
 * The rows that a sum over calls is made from: partial results of `measures.ts`, by keys.
 *
 * @module
 */
import type { Filters, GroupBy, Range } from "./contract.ts";
import { groupingOf } from "./groups.ts";
import { type PartName, partsFromRows } from "./measures.ts";
import { exactText } from "./settings.ts";
import type { Params } from "./store.ts";
import { where } from "./where.ts";

/** The calls that are looked at. */
export interface Scope {
  readonly project: string;
  readonly range: Range;
  readonly filters?: Filters | undefined;
}

/** What the rows are to hold. */
export interface Wanted {
  readonly parts: readonly PartName[];
  /** Adds `bucket`, the beginning of a span of so many seconds, in seconds since 1970. */
  readonly bucketSeconds?: number;
  /** Adds `line`, the group's value; the empty text where there is none. */
  readonly groupBy?: GroupBy;
  /** Adds `provider` and `model`. */
  readonly models?: boolean;
}

export interface Source {
  /** A query without parentheses. Without calls it has no rows. */
  readonly sql: string;
  readonly params: Params;
}

/** From the rows of `events`. */
export function fromRows({ project, range, filters }: Scope, wanted: Wanted): Source {
  const condition = where(project, range, filters);
  const keys = keysOf(wanted);
  const columns = [...keys.selected, partsFromRows(wanted.parts)];
  // Errors are the calls that have one.
  const only = wanted.groupBy === "error" ? " AND isNotNull(error_code)" : "";
  return {
    sql: `SELECT ${columns.join(", ")} FROM events WHERE ${condition.sql}${only}
      GROUP BY ${keys.names.join(", ")} SETTINGS ${exactText}`,
    params: { ...condition.params, ...keys.params },
  };
}

interface Keys {
  readonly names: readonly string[];
  readonly selected: readonly string[];
  readonly params: Params;
}

function keysOf({ bucketSeconds, groupBy, models }: Wanted): Keys {
  const names: string[] = [];
  const selected: string[] = [];
  let params: Params = {};
  if (bucketSeconds !== undefined) {
    names.push("bucket");
    selected.push(bucketOf("timestamp"));
    params = { ...params, bucket_seconds: bucketSeconds };
  }
  if (groupBy !== undefined) {
    const grouping = groupingOf(groupBy);
    names.push("line");
    selected.push(`${grouping.sql} AS line`);
    params = { ...params, ...grouping.params };
  }
  if (models || names.length === 0) {
    names.push("provider", "model");
    selected.push("provider", "model");
  }
  return { names, selected, params };
}

function bucketOf(time: string): string {
  const width = "{bucket_seconds:UInt32}";
  return `intDiv(toUnixTimestamp(${time}), ${width}) * ${width} AS bucket`;
}
