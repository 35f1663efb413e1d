/**
 * One attempt of a call that had several. The call's own terminal event is the only one that counts in
 * totals; these tell how it came about.
 *
 * @module
 */
import { z } from "zod";
import { costSchema } from "./cost.ts";
import { usageSchema } from "./usage.ts";

const milliseconds = z.number().nonnegative();

export const attemptDataSchema = z.object({
  /** The id of the call's event. */
  call_id: z.string().min(1).max(128),
  /** Counts the call's attempts from 1. */
  number: z.number().int().positive(),
  provider: z.string(),
  model: z.string(),
  /** What the route calls the target. */
  target: z.string(),
  /** The vault's key that opened it. */
  provider_key_id: z.string().nullable(),
  /** The provider's status; null when there was no answer. */
  status: z.number().int().min(100).max(599).nullable(),
  /** A code of our error table when there was no whole answer. */
  error: z.string().nullable(),
  /** Why it was made: the target's choice, or what became of the attempt before. */
  because: z.string(),
  /** Why another one followed; null for the last. */
  next_because: z.string().nullable(),
  /** How long it waited before it was sent. */
  waited_ms: milliseconds,
  /** From sending to its end. */
  latency_ms: milliseconds,
  ttft_ms: milliseconds.nullable(),
  /** What a failed attempt reported; null for nothing, and for the last, whose usage is the call's. */
  usage: usageSchema.nullable(),
  /** What a failed attempt cost, when it reported usage. */
  cost: costSchema.nullable(),
});
export type AttemptData = z.infer<typeof attemptDataSchema>;

/** How a call was routed. */
export const routeSchema = z.object({
  mode: z.enum(["single", "fallback", "loadbalance", "conditional"]),
  /** `settings`, or the header that declared it. */
  source: z.string(),
  /** The target that answered, or was tried last. */
  target: z.string(),
  /** Where it stands in the route: `targets[1]`. */
  path: z.string(),
  because: z.string(),
  attempts: z.number().int().positive(),
  /** Targets that could not be tried, and why. */
  skipped: z.array(z.object({ target: z.string(), because: z.string() })),
});
export type RouteData = z.infer<typeof routeSchema>;

/** Between which wire formats a call was translated. */
export const translationSchema = z.object({
  /** The client's. */
  client: z.string(),
  /** The provider's. */
  provider: z.string(),
  /** What was left out, by its name in the table of `docs/gateway.md`. */
  left_out: z.array(z.string()),
});
