/**
 * Limiters on one store, with a clock of their own, and settings written shortly.
 *
 * @module
 */
import { createLimiter, type Limiter, type LimiterOptions } from "@/core/limits/limiter.ts";
import { type Caller, type Limit, policyOf } from "@/core/limits/policy.ts";
import { limitsSchema, type LimitsSettings } from "@/core/limits/settings.ts";
import type { Amounts } from "@/core/limits/amount.ts";
import type { KvPort } from "@/core/log/kv.ts";

export class Clock {
  at = Date.parse("2026-03-04T10:20:30.000Z");
  readonly now = () => this.at;
}

export function settingsOf(
  limits: readonly Record<string, unknown>[],
  more: Record<string, unknown> = {},
): LimitsSettings {
  const defaults = { id: "l", scope: "project", unit: "requests", quota: 10, window: "hour" };
  return limitsSchema.parse({
    limits: limits.map((limit) => ({ ...defaults, ...limit })),
    ...more,
  });
}

export function limitOf(fields: Record<string, unknown> = {}): Limit {
  const [limit] = policyOf(settingsOf([fields])).limits;
  if (!limit) throw new Error("No limit");
  return limit;
}

export const caller: Caller = { project: "p1", keyId: "k1", user: "u1", properties: { team: "a" } };

export function amounts(of: Partial<Amounts> = {}): Amounts {
  return { requests: 1n, tokens: 0n, usd: 0n, ...of };
}

/** A limiter that tells the store only when it is flushed. */
export function limiterOn(
  kv: KvPort,
  clock: Clock,
  options: Partial<LimiterOptions> = {},
): Limiter {
  return createLimiter({
    kv,
    process: crypto.randomUUID(),
    now: clock.now,
    flushEvery: null,
    deadline: 10_000,
    ...options,
  });
}
