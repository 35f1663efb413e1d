/**
 * What a call cost and how that number came about: each row names its price, the price's version and
 * the way the model was matched. An unknown price is `null` with a reason, never zero.
 *
 * @module
 */
import { z } from "zod";

/** US dollars as a decimal string, at most 12 digits after the point, e.g. `"0.006125"`. */
export const usdSchema = z.string().regex(/^\d{1,6}(\.\d{1,12})?$/);

/** How the catalogue's model was found. `prefix` is a guess by name and is shown as one. */
export const priceMatchSchema = z.enum(["exact", "alias", "prefix", "overlay", "none"]);
export type PriceMatch = z.infer<typeof priceMatchSchema>;

export const costLineSchema = z.object({
  /** A usage bucket, `cache_write_12h`, or `request` for a fee per call. */
  bucket: z.string(),
  units: z.number().int().nonnegative(),
  /** Price of one million units (of one unit for `request`), in USD. */
  usd_per_million: z.string(),
  usd: usdSchema,
});
export type CostLine = z.infer<typeof costLineSchema>;

export const costSchema = z.object({
  /** The call's cost; null when no price is known or usage is unknown. */
  usd: usdSchema.nullable(),
  lines: z.array(costLineSchema),
  price: z.object({
    /**
     * Where the price comes from: `genai-prices` (the catalogue), `watchllm` (our overlay), `project`
     * (negotiated); `none` when nothing matched.
     */
    source: z.string(),
    /** All that was known: catalogue, overlay, the project's own, e.g. `0.1.8+2026-11-23+p2`. */
    version: z.string(),
    provider: z.string().nullable(),
    model: z.string().nullable(),
    match: priceMatchSchema,
    /** The service or context tier that was applied, e.g. `standard`. */
    tier: z.string(),
  }),
  /**
   * Why no price was applied, in words: with `usd` null the cost is not known, with `"0"` nothing was
   * charged. Absent when there is a price.
   */
  unpriced_reason: z.string().optional(),
});
export type Cost = z.infer<typeof costSchema>;
