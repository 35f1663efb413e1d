/**
 * What a person should look at: models that fail, slow down or cost more than before, and calls
 * without a price. Pure; small numbers of calls raise nothing, because they say nothing.
 *
 * @module
 */
import type { Attention, OverviewModel } from "./types.ts";

/** Calls below which a share or a percentile is chance. */
const fewCalls = 20;
const errorShare = 0.02;
const fewErrors = 3;
const muchAlone = 0.05;
const mostShown = 6;

/**
 * @param models of a range, each beside the range before
 * @example
 * ```ts
 * import { attentionOf } from "@/core/analytics/overview/attention.ts";
 * import { expect } from "expect";
 *
 * const found = attentionOf([{
 *   provider: "openai", model: "gpt-4o", requests: 100, failed: 9, cost_usd: "1", unpriced: 0,
 *   p95_ms: 900, before: { requests: 100, failed: 1, cost_usd: "1", p95_ms: 900 },
 * }]);
 * expect(found).toEqual([
 *   { kind: "errors", provider: "openai", model: "gpt-4o", rate: 0.09, rate_before: 0.01, failed: 9 },
 * ]);
 * ```
 */
export function attentionOf(models: readonly OverviewModel[]): Attention[] {
  return models
    .flatMap((model) => [failing(model), dearer(model), slower(model), unpriced(model)])
    .filter((found) => found !== null)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, mostShown)
    .map(({ item }) => item);
}

interface Weighed {
  readonly weight: number;
  readonly item: Attention;
}

function failing({ provider, model, requests, failed, before }: OverviewModel): Weighed | null {
  if (requests < fewCalls || failed < fewErrors) return null;
  const rate = failed / requests;
  const rate_before = before.requests < fewCalls ? null : before.failed / before.requests;
  // What fails as ever is no news unless it is much; without a time before, only much is.
  const asEver = rate_before !== null && rate < 0.1 && rate < rate_before * 1.5;
  if (rate < (rate_before === null ? muchAlone : errorShare) || asEver) return null;
  return {
    weight: 100 + rate * 100,
    item: { kind: "errors", provider, model, rate, rate_before, failed },
  };
}

function dearer({ provider, model, requests, cost_usd, before }: OverviewModel): Weighed | null {
  // Ratios only: the amounts that are shown stay decimal strings.
  const [now, then] = [Number(cost_usd), Number(before.cost_usd)];
  if (requests < fewCalls || before.requests < fewCalls) return null;
  if (now < 1 || then <= 0 || now < then * 1.5) return null;
  return {
    weight: 60 + Math.min(30, now / then),
    item: { kind: "spend", provider, model, cost_usd, cost_before_usd: before.cost_usd },
  };
}

function slower({ provider, model, requests, p95_ms, before }: OverviewModel): Weighed | null {
  if (requests < fewCalls || before.requests < fewCalls) return null;
  if (p95_ms === null || before.p95_ms === null) return null;
  if (p95_ms < 1_000 || p95_ms < before.p95_ms * 1.5) return null;
  return {
    weight: 40 + Math.min(20, p95_ms / Math.max(1, before.p95_ms)),
    item: { kind: "slow", provider, model, p95_ms, p95_before_ms: before.p95_ms },
  };
}

function unpriced({ provider, model, unpriced: calls, failed }: OverviewModel): Weighed | null {
  // A call that failed may have no usage to price: it is not a price that is missing.
  if (calls === 0 || calls <= failed) return null;
  return {
    weight: 20 + Math.min(15, calls / 100),
    item: { kind: "unpriced", provider, model, calls },
  };
}
