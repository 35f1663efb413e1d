/**
 * What a project's traffic would have cost on another model, from the token buckets that were counted:
 * a range where tokenizers differ, and a sentence for everything that had to be assumed.
 *
 * @module
 */
import { bestBase } from "../pricing/base_price.ts";
import { decimal, exactText } from "../pricing/decimal.ts";
import { findPrice, type FoundPrice } from "../pricing/price.ts";
import type { ProjectPrices } from "../pricing/project_price.ts";
import { thresholds } from "../pricing/sheet.ts";
import { type Tokens, tokensAt } from "../pricing/tokenizer.ts";
import type { ReadOptions, StatsQuery } from "./contract.ts";
import { assumptionsOf } from "./counterfactual_assumptions.ts";
import {
  add,
  cached,
  costOf,
  type ExactRange,
  missingPrices,
  nothing,
  rounded,
  roundedRange,
  type Target,
  uncached,
} from "./counterfactual_cost.ts";
import { type Sums, sumUsage, type Uncounted } from "./counterfactual_sums.ts";
import type { Counterfactual } from "./counterfactual_types.ts";
import type { Store } from "./store.ts";

export interface CounterfactualQuery extends StatsQuery {
  /** The model to compare with. */
  readonly provider: string;
  readonly model: string;
  /** The project's own prices: they hold there as well. */
  readonly prices: ProjectPrices;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export type CounterfactualResult =
  | { readonly ok: true; readonly value: Counterfactual }
  /** The target has no price; the reason is a sentence. */
  | { readonly ok: false; readonly reason: string };

/** One source model's share. */
interface Part {
  readonly sums: Sums;
  readonly tokens: Tokens;
  readonly plain: ExactRange;
  readonly cached: ExactRange;
}

/**
 * What the range would have cost; what cannot be known is counted apart and named in its
 * assumptions.
 */
export async function counterfactual(
  store: Store,
  project: string,
  query: CounterfactualQuery,
  options: ReadOptions = {},
): Promise<CounterfactualResult> {
  const { provider, model, prices, range, filters } = query;
  // The prices at the end of the range, or today's when it is not over.
  const at = new Date(Math.min(query.now, Date.parse(range.to) - 1));
  const price = findPrice({ provider, model, responseModel: null, at, tier: null, prices });
  const reason = unusable(price, provider, model);
  if (reason !== null) return { ok: false, reason };
  const target: Target = { price, thresholds: thresholds(price.sheets) };
  const { sums, uncounted } = await sumUsage(store, project, {
    range,
    ...(filters && { filters }),
    thresholds: target.thresholds,
    text: price.sheets.some(({ output }) => output),
  }, options);
  const parts = sums.map((one) => partOf(target, one, query, at));
  const hasCache = price.sheets.some(({ cache_read }) => cache_read);
  const total = (of: (part: Part) => ExactRange) =>
    parts.reduce((sum, part) => add(sum, of(part)), nothing);
  return {
    ok: true,
    value: {
      project_id: project,
      date_from: range.from,
      date_to: range.to,
      target: { provider, model, price: provenance(price) },
      actual: actualOf(sums),
      counterfactual: roundedRange(total(({ plain }) => plain)),
      with_prompt_caching: hasCache ? roundedRange(total(({ cached }) => cached)) : null,
      models: modelsOf(parts),
      not_counted: notCounted(uncounted, target, sums),
      assumptions: assumptionsOf({
        provider,
        model,
        price,
        at,
        sums,
        thresholds: target.thresholds,
        tokens: parts.map(({ tokens }) => tokens),
        hasCache,
      }),
    },
  };
}

function unusable({ base, own }: FoundPrice, provider: string, model: string): string | null {
  if (!base && !own?.sheet) return `No price is known for ${provider}/${model}.`;
  if (base?.empty && !own?.sheet) return `The catalogue lists no price for ${provider}/${model}.`;
  if (base?.imageOutput && !own?.sheet?.output) {
    return `${provider}/${model} has different prices for text and images that it answers with.`;
  }
  return null;
}

function partOf(target: Target, sums: Sums, query: CounterfactualQuery, at: Date): Part {
  const tokens = tokensFor(target, sums, query, at);
  return {
    sums,
    tokens,
    plain: costOf(target, sums, tokens.factor, uncached),
    cached: costOf(target, sums, tokens.factor, cached),
  };
}

function tokensFor(
  { price }: Target,
  { provider, model, responseModel }: Sums,
  query: CounterfactualQuery,
  at: Date,
): Tokens {
  const source = bestBase(provider, model, responseModel, at);
  const isSame = source && price.base && source.match !== "prefix" &&
    source.provider === price.base.provider && source.model === price.base.model;
  return isSame
    ? tokensAt(query.model, query.model)
    : tokensAt(responseModel ?? model, query.model);
}

function actualOf(sums: readonly Sums[]): Counterfactual["actual"] {
  const total = (of: (one: Sums) => bigint) => Number(sums.reduce((sum, one) => sum + of(one), 0n));
  return {
    calls: total(({ calls }) => BigInt(calls)),
    cost_usd: decimal(sums.reduce((sum, { cost }) => sum + exactText(cost), 0n)),
    unpriced_calls: total(({ unpriced }) => BigInt(unpriced)),
    tokens_input: total(({ units }) =>
      units.input + units.cache_read + writes(units) + units.input_audio + units.input_image
    ),
    tokens_output: total(({ units }) => units.output + units.reasoning + units.output_audio),
    tokens_cache_read: total(({ units }) => units.cache_read),
    tokens_cache_write: total(({ units }) => writes(units)),
  };
}

function writes(units: Sums["units"]): bigint {
  return units.cache_write + units.cache_write_5m + units.cache_write_1h;
}

function modelsOf(parts: readonly Part[]): Counterfactual["models"] {
  const byModel = Map.groupBy(
    parts,
    ({ sums: { provider, model }, tokens }) => JSON.stringify([provider, model, tokens.because]),
  );
  return [...byModel.values()].map((all) => {
    const [first] = all;
    return {
      provider: first?.sums.provider ?? "",
      model: first?.sums.model ?? "",
      calls: all.reduce((sum, { sums }) => sum + sums.calls, 0),
      actual_usd: decimal(all.reduce((sum, { sums }) => sum + exactText(sums.cost), 0n)),
      expected_usd: rounded(all.reduce((sum, { plain }) => sum + plain.expected, 0n)),
      tokens: first?.tokens.because ?? "",
    };
  }).sort((a, b) => b.calls - a.calls);
}

function notCounted(
  { hits, withoutUsage, otherKind }: Uncounted,
  target: Target,
  sums: readonly Sums[],
): Counterfactual["not_counted"] {
  const missing = new Map<string, bigint>();
  for (const one of sums) {
    for (const bucket of missingPrices(target, one)) {
      missing.set(bucket, (missing.get(bucket) ?? 0n) + one.units[bucket]);
    }
  }
  return [
    { what: "calls", units: hits, reason: "Answered from the cache: they cost nothing there too." },
    { what: "calls", units: withoutUsage, reason: "Their tokens are not known." },
    {
      what: "calls",
      units: otherKind,
      reason: "Embeddings and answers in text do not replace each other.",
    },
    ...[...missing].map(([what, units]) => ({
      what,
      units: Number(units),
      reason: `No price is known for ${what} of the target.`,
    })),
  ].filter(({ units }) => units > 0);
}

function provenance(price: FoundPrice): Counterfactual["target"]["price"] {
  const { base, own, version } = price;
  return {
    source: own ? "project" : base?.source ?? "none",
    version,
    provider: base?.provider ?? null,
    model: base?.model ?? null,
    match: base?.match ?? "overlay",
  };
}
