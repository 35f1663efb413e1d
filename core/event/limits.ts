/**
 * What a project's limits said of a call, when it was more than "go ahead", and the event that tells
 * that a limit was crossed.
 *
 * @module
 */
import { z } from "zod";

/** What a limit counts by: the whole project, or each key, end user or value of a property by itself. */
export const limitScopeSchema = z.enum(["project", "key", "user", "property"]);
export type LimitScope = z.infer<typeof limitScopeSchema>;

/** What a limit counts. */
export const limitUnitSchema = z.enum(["requests", "tokens", "usd"]);
export type LimitUnit = z.infer<typeof limitUnitSchema>;

const limited = {
  /** The limit's id; one of a request header has its header's name before a colon. */
  limit: z.string(),
  scope: limitScopeSchema,
  /** The key, user or value that is counted; empty for the project. */
  subject: z.string(),
  unit: limitUnitSchema,
  /** `minute`, `hour`, `day`, `month`, or a number of seconds. */
  window: z.string(),
  /** In the unit; dollars are decimals. */
  quota: z.string(),
  used: z.string(),
  resets_at: z.iso.datetime({ precision: 3 }),
};

export const limitDecisionSchema = z.object({
  ...limited,
  /**
   * `warned`: past its warning mark; `would_block`: let through only because the limit is in dry run;
   * `unchecked`: let through because the counts could not be read; `blocked`: refused.
   * `used` is spent and reserved when the call came, without the call itself.
   */
  state: z.enum(["warned", "would_block", "unchecked", "blocked"]),
});
export type LimitDecision = z.infer<typeof limitDecisionSchema>;

/** Told once for each window and level. `used` is what calls that ended had really spent. */
export const limitCrossedDataSchema = z.object({
  ...limited,
  level: z.enum(["warning", "exceeded"]),
  /** Whether it only counts. */
  dry_run: z.boolean(),
});
