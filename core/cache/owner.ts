/**
 * Whose a stored answer or question is, and whether it goes when a user or a call is erased.
 *
 * Guarantees: what does not say whose it is goes with every erasure of its project: a cache can be filled
 * again, and nothing of an erased user may stay.
 *
 * @module
 */
import type { ErasureData } from "../event/retention.ts";

export interface Owner {
  /** The event of the call that bought it; undefined when it does not say. */
  readonly event: string | undefined;
  /** That call's user, null when it named none; undefined when it does not say. */
  readonly user: string | null | undefined;
  /** When it was stored, in milliseconds since 1970. */
  readonly at: number;
}

export type IsErased = (owner: Owner) => boolean;

/**
 * What goes when one user or one call is erased.
 *
 * @example
 * ```ts
 * import { expect } from "expect";
 * import { boughtBy } from "@/core/cache/owner.ts";
 *
 * const isErased = boughtBy({ user_id: "ann" });
 * expect(isErased({ event: "e1", user: "ann", at: 0 })).toBe(true);
 * expect(isErased({ event: "e2", user: null, at: 0 })).toBe(false);
 * expect(isErased({ event: "e3", user: undefined, at: 0 })).toBe(true);
 * ```
 */
export function boughtBy(whom: ErasureData): IsErased {
  return "user_id" in whom
    ? ({ user }) => user === undefined || user === whom.user_id
    : ({ event }) => event === undefined || event === whom.event_id;
}

/** A call may end, and be stored, a little after the erasure that stands behind it in the log. */
const laterMs = 60_000;

/**
 * What erasures of the past have taken away; what their users have bought since stays.
 *
 * @param erasures `at`: when, ISO
 */
export function boughtBefore(
  erasures: readonly (ErasureData & { readonly at: string })[],
): IsErased {
  const past = erasures.map((one) => ({
    until: Date.parse(one.at) + laterMs,
    isIts: boughtBy(one),
  }));
  return (owner) => past.some(({ until, isIts }) => owner.at <= until && isIts(owner));
}
