/**
 * What a call may take, before it is made, and what it has taken, when it has ended.
 *
 * @module
 */
import type { CallData, Endpoint } from "../event/call.ts";
import { emptyBuckets, inputTokens, outputTokens, type Usage } from "../event/usage.ts";
import { callCost } from "../pricing/call_cost.ts";
import { exactText } from "../pricing/decimal.ts";
import type { ProjectPrices } from "../pricing/project_price.ts";
import { type Amounts, noAmounts } from "./amount.ts";
import type { Policy } from "./policy.ts";

/** Bytes of a body for one token of input: fewer than nearly all text has, so that it is seldom more. */
const bytesPerToken = 3;

/** What is known of a call before it is made. */
export interface Prospect {
  readonly endpoint: Endpoint;
  readonly method: string;
  /** The provider's path. */
  readonly path: string;
  readonly provider: string;
  readonly model: string;
  readonly at: Date;
  /** Of the body, when it is JSON. */
  readonly bodyBytes: number;
  /** Tokens that the body allows as output; null when it does not say. */
  readonly mostOutput: number | null;
}

/**
 * @param prices the project's own; null when they could not be read
 *
 * @example
 * ```ts
 * import { estimateOf } from "@/core/limits/estimate.ts";
 * import { policyOf } from "@/core/limits/policy.ts";
 * import { limitsSchema } from "@/core/limits/settings.ts";
 * import { noProjectPrices } from "@/core/pricing/project_price.ts";
 * import { expect } from "expect";
 *
 * const call = {
 *   endpoint: "chat" as const,
 *   method: "POST",
 *   path: "/v1/chat/completions",
 *   provider: "openai",
 *   model: "gpt-4o",
 *   at: new Date("2026-01-01"),
 *   bodyBytes: 300,
 *   mostOutput: 1_000,
 * };
 * expect(estimateOf(call, policyOf(limitsSchema.parse({})), noProjectPrices)).toEqual({
 *   requests: 1n,
 *   tokens: 1_100n,
 *   usd: 10_250_000_000n, // 100 × $2.50 and 1,000 × $10 a million
 * });
 * ```
 */
export function estimateOf(
  call: Prospect,
  policy: Policy,
  prices: ProjectPrices | null,
): Amounts {
  if (!isCharged(call)) return { ...noAmounts, requests: 1n };
  const buckets = emptyBuckets();
  buckets.input = Math.ceil(call.bodyBytes / bytesPerToken);
  if (call.endpoint !== "embeddings") {
    buckets.output = call.mostOutput ?? policy.defaultOutputTokens;
  }
  const usage: Usage = { buckets, source: "estimate", reported_total: null, consistent: true };
  const { provider, model, at } = call;
  const query = { provider, model, responseModel: null, at, tier: null };
  const { usd } = callCost(call.endpoint, usage, query, prices);
  return {
    requests: 1n,
    tokens: BigInt(buckets.input + buckets.output),
    usd: usd === null ? policy.unpricedCall : exactText(usd),
  };
}

/** Whether a provider takes money for it: not for lists, files, counts and what is read again. */
function isCharged({ endpoint, method, path, model }: Prospect): boolean {
  if (method !== "POST" || endpoint === "models" || endpoint === "count_tokens") return false;
  if (endpoint !== "other") return true;
  if (path.endsWith("/moderations")) return false;
  return model !== "" || /\/(audio|images|videos)\b/.test(path);
}

/** Refusals of this module's own: such a call was never made. */
const refusals = new Set(["limit_exceeded", "budget_exceeded", "limits_unavailable"]);

/**
 * What a call has taken, by its event. Where usage or price stayed unknown although the provider was
 * at work, what was reserved is taken for it.
 *
 * @param answered whether the provider answered with success
 */
export function actualOf(
  type: string,
  { usage, cost, cache, error, ttft_ms }: CallData,
  reserved: Amounts,
  answered: boolean,
): Amounts {
  if (error?.origin === "gateway" && refusals.has(error.code)) return noAmounts;
  if (cache.startsWith("HIT")) return { ...noAmounts, requests: 1n };
  const isKnown = usage.source !== "none";
  const atWork = answered || isKnown || (type === "call.aborted" && ttft_ms !== null);
  const tokens = isKnown
    ? BigInt(inputTokens(usage.buckets) + outputTokens(usage.buckets))
    : atWork
    ? reserved.tokens
    : 0n;
  const usd = cost.usd !== null ? exactText(cost.usd) : atWork ? reserved.usd : 0n;
  return { requests: 1n, tokens, usd };
}
