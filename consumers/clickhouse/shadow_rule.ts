/**
 * Which calls another recorded call stands for. Pure.
 *
 * The rule: a call that the gateway did not record does not count when another call lies below it in its
 * trace, itself or through at most two spans between, all within a day of one another. All rows of a
 * project come in the log's order, so it does not matter which of the two was recorded first, nor what
 * else came with them, and a rebuild finds the same.
 *
 * @module
 */

/** From a call up to the one that it stands for, in steps. */
const steps = 3;
/** Whatever comes of a trace is looked at together with what happened within so many milliseconds of it. */
export const within = 86_400_000;
/** Makes the replacing row the later one of two that the same event made. */
const laterBy = 32_768;

/** One call or span of a trace. */
export interface Link {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly trace_id: string;
  readonly event_id: string;
  readonly span_id: string;
  /** Empty: a root. */
  readonly parent: string;
  readonly is_call: boolean;
  /** A call that may stop to count: recorded by others than the gateway, and counting. */
  readonly candidate: boolean;
  readonly versionstamp: string;
  readonly index: number;
}

/** A call that counts no more, and the place in the log from which on that is known. */
export interface Shadowed {
  readonly event_id: string;
  readonly versionstamp: string;
  readonly index: number;
}

/**
 * Which candidates have another call below them. Pure.
 *
 * @example
 * ```ts
 * import { findShadowed, type Link } from "@/consumers/clickhouse/shadow_rule.ts";
 * import { expect } from "expect";
 *
 * const place = { at: 0, versionstamp: "a", index: 0 };
 * const link = { ...place, trace_id: "t", is_call: true, candidate: false };
 * const outer: Link = { ...link, event_id: "o", span_id: "1", parent: "", candidate: true };
 * const inner: Link = { ...link, event_id: "i", span_id: "2", parent: "1", versionstamp: "b" };
 * expect(findShadowed([outer, inner])).toEqual([{ event_id: "o", versionstamp: "b", index: 32768 }]);
 * ```
 */
export function findShadowed(links: readonly Link[]): Shadowed[] {
  const bySpan = new Map<string, Link>();
  for (const link of links) {
    const key = JSON.stringify([link.trace_id, link.span_id]);
    // A call that is a span has a row as both; the call's says more.
    if (link.span_id !== "" && !bySpan.get(key)?.is_call) bySpan.set(key, link);
  }
  const found = new Map<string, Shadowed>();
  for (const link of links) {
    if (link.is_call) climb(link, bySpan, found);
  }
  return [...found.values()];
}

/** From a call up to the nearest other one. */
function climb(
  call: Link,
  bySpan: ReadonlyMap<string, Link>,
  found: Map<string, Shadowed>,
): void {
  let known: Pick<Shadowed, "versionstamp" | "index"> = call;
  let below = call;
  let [earliest, latest] = [call.at, call.at];
  for (let step = 0; step < steps && below.parent !== ""; step++) {
    const above = bySpan.get(JSON.stringify([call.trace_id, below.parent]));
    if (!above || above.event_id === call.event_id) return;
    [earliest, latest] = [Math.min(earliest, above.at), Math.max(latest, above.at)];
    if (latest - earliest > within) return;
    known = later(known, above);
    if (above.is_call) {
      if (!above.candidate) return;
      const first = found.get(above.event_id);
      const place = { versionstamp: known.versionstamp, index: after(known.index) };
      // Of several calls below it the first one that was recorded decides.
      if (first && !isLater(first, place)) return;
      found.set(above.event_id, { event_id: above.event_id, ...place });
      return;
    }
    below = above;
  }
}

/** A place in the log. */
type Place = Pick<Shadowed, "versionstamp" | "index">;

function isLater(one: Place, other: Place): boolean {
  return one.versionstamp === other.versionstamp
    ? one.index > other.index
    : one.versionstamp > other.versionstamp;
}

/** The later of two places. */
export function later(one: Place, other: Place): Place {
  return isLater(other, one) ? other : one;
}

/** The place of a row that replaces the one at a place: later, and before all that comes next. */
export function after(index: number): number {
  return index < laterBy ? index + laterBy : index;
}
