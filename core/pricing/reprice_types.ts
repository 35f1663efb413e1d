/**
 * What pricing calls again answers: the difference that it would make, and how far a run of it is.
 *
 * @module
 */
import { z } from "zod";
import { moneySchema } from "../analytics/types.ts";

const count = z.number().int().nonnegative();
const instant = z.iso.datetime({ precision: 3 });
/** US dollars that may be negative. */
const signedMoney = z.string().regex(/^-?\d+(\.\d{1,12})?$/);

const figures = {
  calls: count,
  /** Calls whose cost, or whose reason for having none, would be another one. */
  changed: count,
  /** Calls without a price that would get one. */
  gained: count,
  /** Calls with a price that would have none. */
  lost: count,
  /** Sum of the known costs as they are recorded; `unpriced_before` calls have none. */
  before_usd: moneySchema,
  unpriced_before: count,
  /** Sum of what they would be. */
  after_usd: moneySchema,
  unpriced_after: count,
  /** `after_usd` less `before_usd`. */
  difference_usd: signedMoney,
};

const modelDifferenceSchema = z.object({
  provider: z.string(),
  model: z.string(),
  ...figures,
});
export type ModelDifference = z.infer<typeof modelDifferenceSchema>;

export const repriceDifferenceSchema = z.object({
  project_id: z.string(),
  date_from: instant,
  date_to: instant,
  /** Of everything that prices are taken from now. */
  price_version: z.string(),
  total: z.object(figures),
  /** Models whose calls would change, the largest difference first; at most 200. */
  models: z.array(modelDifferenceSchema),
  /** How many models would change, shown or not. */
  changed_models: count,
}).meta({ id: "RepriceDifference" });
export type RepriceDifference = z.infer<typeof repriceDifferenceSchema>;

export const repriceRunSchema = z.object({
  /** `none`: there was none for months. */
  phase: z.enum(["none", "running", "done", "stopped", "failed"]),
  /** What is or was priced again; null for `none`. */
  date_from: instant.nullable(),
  date_to: instant.nullable(),
  /** Calls looked at so far, of all that have to be. */
  done: count,
  total: count,
  /** Calls that got another cost. */
  changed: count,
  started_at: instant.nullable(),
  ended_at: instant.nullable(),
}).meta({ id: "RepriceRun" });
export type RepriceRun = z.infer<typeof repriceRunSchema>;
