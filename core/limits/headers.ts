/**
 * What an answer's head tells of the limits that its call met: `RateLimit` and `RateLimit-Policy`
 * (draft-ietf-httpapi-ratelimit-headers), the older `x-ratelimit-*` for the limit that is nearest to
 * its end, and `x-watchllm-limits` for what was remarked. Limits in dry run are the operator's matter.
 *
 * @module
 */
import type { LimitUnit } from "../event/limits.ts";
import type { Limit } from "./policy.ts";
import type { Checked } from "./reservation.ts";

/** Names of quota units; the header's numbers are whole, so money is in millionths of a dollar. */
const units: Readonly<Record<LimitUnit, string>> = {
  requests: "requests",
  tokens: "tokens",
  usd: "microusd",
};

/** Names and values in turn. */
export function limitHeaders(checked: readonly Checked[], now: number): string[] {
  const told = checked.filter(({ limit }) => limit.enforced);
  const headers: string[] = [];
  const remarks = told.filter(({ state }) => state !== "allowed")
    .map(({ limit, state }) => `${limit.id}=${state}`);
  if (remarks.length > 0) headers.push("x-watchllm-limits", remarks.join(", "));
  const nearest = nearestToItsEnd(told);
  if (!nearest) return headers;
  headers.push(
    "ratelimit-policy",
    told.map(policyItem).join(", "),
    "ratelimit",
    told.map((one) => `"${one.limit.id}";r=${left(one)};t=${untilEnd(one, now)}`).join(", "),
    "x-ratelimit-limit",
    String(whole(nearest.limit, nearest.limit.quota)),
    "x-ratelimit-remaining",
    String(left(nearest)),
    "x-ratelimit-reset",
    String(untilEnd(nearest, now)),
  );
  return headers;
}

function policyItem({ limit, account: { id: { window } } }: Checked): string {
  const quota = whole(limit, limit.quota);
  const seconds = (window.end - window.start) / 1_000;
  return `"${limit.id}";q=${quota};qu="${units[limit.unit]}";w=${seconds}`;
}

/** The one of which the smallest part is left; of a refused call one that refused it. */
function nearestToItsEnd(checked: readonly Checked[]): Checked | null {
  const blocked = checked.filter(({ state }) => state === "blocked");
  let nearest: Checked | null = null;
  for (const one of blocked.length > 0 ? blocked : checked) {
    // used / quota compared without a division.
    const isNearer = !nearest ||
      one.account.used * nearest.limit.quota > nearest.account.used * one.limit.quota;
    if (isNearer) nearest = one;
  }
  return nearest;
}

/** The call itself is counted already. */
function left({ limit, account: { used } }: Checked): bigint {
  return used >= limit.quota ? 0n : whole(limit, limit.quota - used);
}

function whole({ unit }: Limit, amount: bigint): bigint {
  return unit === "usd" ? amount / 1_000_000n : amount;
}

function untilEnd({ account: { id: { window } } }: Checked, now: number): number {
  return Math.max(0, Math.ceil((window.end - now) / 1_000));
}
