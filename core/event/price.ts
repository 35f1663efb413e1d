/**
 * Events about prices: what a project has negotiated, and calls that were priced again. The log is
 * immutable: a new price is a new event, never a change of the call's own.
 *
 * @module
 */
import { z } from "zod";
import { costSchema } from "./cost.ts";
import { type UsageBucket, usageBucketsSchema } from "./usage.ts";

/** What can have a price: the usage buckets, 12-hour cache writes, and a fee for each request. */
export type Priced = UsageBucket | "cache_write_12h" | "request";

const instant = z.iso.datetime({ precision: 3 });

/** US dollars as people write prices: at most 12 digits after the point. */
const unitPriceSchema = z.string().regex(
  /^\d{1,9}(\.\d{1,12})?$/,
  'must be US dollars as a decimal string, e.g. "2.5"',
);

const absoluteSchema = z.partialRecord(
  z.enum([
    // The keys of an object schema are its fields' names.
    ...Object.keys(usageBucketsSchema.shape) as UsageBucket[],
    "cache_write_12h",
    "request",
  ]),
  unitPriceSchema,
).refine((prices) => Object.keys(prices).length > 0, "must name at least one bucket");

/**
 * One negotiated price. Either `usd`, unit prices that go before the list's (for a million tokens or
 * tool requests; `request` for one request), or `multiplier`, a factor on the list price of
 * everything that the call is charged for (`"0.85"` is a discount of 15 %).
 */
export const projectPriceSchema = z.strictObject({
  /** The provider's name as the gateway uses it, e.g. `openai`. */
  provider: z.string().trim().min(1).max(64),
  /** A model's name, or a pattern in which `*` stands for any text, e.g. `gpt-4o*` or `*`. */
  model: z.string().trim().min(1).max(200),
  usd: absoluteSchema.optional(),
  multiplier: z.string().regex(
    /^\d{1,3}(\.\d{1,9})?$/,
    'must be a factor as a decimal string, e.g. "0.85"',
  ).optional(),
  /** The first instant for which it holds; null: since ever. */
  from: instant.nullable().default(null),
  /** The first instant for which it no longer holds; null: open. */
  until: instant.nullable().default(null),
  /** For people, e.g. the contract's number. */
  note: z.string().max(200).optional(),
}).superRefine((price, context) => {
  if ((price.usd === undefined) === (price.multiplier === undefined)) {
    context.addIssue({
      code: "custom",
      path: ["usd"],
      message: "must be given, or multiplier, but not both",
    });
  }
  if (price.from !== null && price.until !== null && price.from >= price.until) {
    context.addIssue({ code: "custom", path: ["until"], message: "must be after from" });
  }
});
export type ProjectPrice = z.infer<typeof projectPriceSchema>;

/** Most negotiated prices of one project. */
export const mostProjectPrices = 200;

/** All negotiated prices of a project as they are from now on; the event before is replaced. */
export const pricesDataSchema = z.object({
  /** Counts the project's changes from 1. */
  version: z.number().int().positive(),
  prices: z.array(projectPriceSchema).max(mostProjectPrices),
});
export type PricesData = z.infer<typeof pricesDataSchema>;

/** A call's new cost. The last one in the log holds. */
export const repricedDataSchema = z.object({
  /** The call's event. */
  event_id: z.string().min(1).max(128),
  /** The call's own time: with project and id it is what analytics find the call by. */
  called_at: instant,
  cost: costSchema,
  /** Why, in words. */
  reason: z.string().min(1).max(500),
});
