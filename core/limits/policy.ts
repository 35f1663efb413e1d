/**
 * A project's limits, ready for calls: amounts read, so that a call does none of it again.
 *
 * @module
 */
import type { LimitScope, LimitUnit } from "../event/limits.ts";
import { amountOf } from "./amount.ts";
import type { LimitSettings, LimitsSettings } from "./settings.ts";
import type { WindowLength } from "./window.ts";

/** What a call is counted by. */
export interface Caller {
  readonly project: string;
  readonly keyId: string;
  /** Null: the call names no end user. */
  readonly user: string | null;
  readonly properties: Readonly<Record<string, string>>;
}

export interface Limit {
  readonly id: string;
  readonly scope: LimitScope;
  readonly property: string | null;
  /** The only one that it counts; null for all, each by itself. */
  readonly only: string | null;
  readonly unit: LimitUnit;
  readonly quota: bigint;
  /** From this amount on; null for never. */
  readonly warnAt: bigint | null;
  readonly window: WindowLength;
  readonly enforced: boolean;
}

export interface Policy {
  readonly limits: readonly Limit[];
  /** In 10⁻¹² of a dollar. */
  readonly unpricedCall: bigint;
  readonly defaultOutputTokens: number;
  /** Whether calls go on while the counts are out of reach. */
  readonly failOpen: boolean;
}

const policies = new WeakMap<LimitsSettings, Policy>();

/** Settings are kept in memory for seconds: what is read from them is kept as long. */
export function policyOf(settings: LimitsSettings): Policy {
  let policy = policies.get(settings);
  if (!policy) {
    policy = {
      limits: settings.limits.map(limitOf),
      unpricedCall: amountOf("usd", settings.unpriced_call_usd),
      defaultOutputTokens: settings.default_output_tokens,
      failOpen: settings.when_unavailable === "allow",
    };
    policies.set(settings, policy);
  }
  return policy;
}

function limitOf(settings: LimitSettings): Limit {
  const { id, scope, property, subject, unit, window, mode, warn_at_percent } = settings;
  const quota = amountOf(unit, settings.quota);
  return {
    id,
    scope,
    property: property ?? null,
    only: subject ?? null,
    unit,
    quota,
    warnAt: warn_at_percent === null ? null : share(quota, warn_at_percent),
    window,
    enforced: mode === "enforce",
  };
}

/** Rounded up: 80 % of 3 requests is reached by the third, not by the second. */
function share(quota: bigint, percent: number): bigint {
  return (quota * BigInt(percent) + 99n) / 100n;
}

/** Whom a limit counts a call to; null when the call is none of its. */
export function subjectOf({ scope, property, only }: Limit, caller: Caller): string | null {
  const subject = subjectIn(scope, property ?? "", caller);
  return only === null || subject === only ? subject : null;
}

function subjectIn(scope: LimitScope, property: string, caller: Caller): string | null {
  switch (scope) {
    case "project":
      return "";
    case "key":
      return caller.keyId;
    case "user":
      return caller.user;
    case "property":
      // A property named "constructor" must be one that the call has.
      return Object.hasOwn(caller.properties, property)
        ? caller.properties[property] ?? null
        : null;
  }
}
