/**
 * The answer to "what would this traffic have cost on another model?".
 *
 * @module
 */
import { z } from "zod";
import { priceMatchSchema } from "../event/cost.ts";
import { moneySchema } from "./types.ts";

const count = z.number().int().nonnegative();
const instant = z.iso.datetime({ precision: 3 });

/** US dollars; the three are equal where both models count tokens alike. */
const costRangeSchema = z.object({
  low: moneySchema,
  expected: moneySchema,
  high: moneySchema,
});
export type CostRange = z.infer<typeof costRangeSchema>;

export const counterfactualSchema = z.object({
  project_id: z.string(),
  date_from: instant,
  date_to: instant,
  target: z.object({
    provider: z.string(),
    model: z.string(),
    /** The price that was taken: where from, which version, how the model was found. */
    price: z.object({
      source: z.string(),
      version: z.string(),
      provider: z.string().nullable(),
      model: z.string().nullable(),
      match: priceMatchSchema,
    }),
  }),
  /** The counted calls as they were. */
  actual: z.object({
    calls: count,
    /** Sum of the known costs. */
    cost_usd: moneySchema,
    /** Counted calls that have no known cost: `cost_usd` is without them, the counterfactual is not. */
    unpriced_calls: count,
    tokens_input: count,
    tokens_output: count,
    tokens_cache_read: count,
    tokens_cache_write: count,
  }),
  /** Without any prompt cache: every input token at the full price. */
  counterfactual: costRangeSchema,
  /** With the same tokens read from and written to the target's cache; null when it has no such price. */
  with_prompt_caching: costRangeSchema.nullable(),
  /** By the model that the calls were made to; most calls first. */
  models: z.array(z.object({
    provider: z.string(),
    model: z.string(),
    calls: count,
    actual_usd: moneySchema,
    expected_usd: moneySchema,
    /** How its tokens were counted for the target. */
    tokens: z.string(),
  })),
  /** What is not in the figures, and why. */
  not_counted: z.array(z.object({ what: z.string(), units: count, reason: z.string() })),
  /** What the figures rest on, in sentences. */
  assumptions: z.array(z.string()),
});
export type Counterfactual = z.infer<typeof counterfactualSchema>;
