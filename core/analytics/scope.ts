/**
 * What a sum over calls is asked for.
 *
 * @module
 */
import type { Filters, GroupBy, Range } from "./contract.ts";
import type { PartName } from "./measures.ts";

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
  /** Only these groups. */
  readonly lines?: readonly string[];
  /** Without `line`, but only the calls that a grouping by error would have. */
  readonly errorsOnly?: boolean;
  /** Only calls that can be listed: without those that retention has taken away. */
  readonly listed?: boolean;
  /** Adds `provider` and `model`. */
  readonly models?: boolean;
}
