/**
 * A project's limits as they are configured.
 *
 * @module
 */
import { z } from "zod";
import { limitScopeSchema, limitUnitSchema } from "../event/limits.ts";
import type { Section } from "../settings/settings.ts";

const usd = /^\d{1,9}(\.\d{1,12})?$/;
const wholeNumber = /^\d{1,15}$/;
/** Limits that one project may have. */
const mostLimits = 50;

/** One limit. */
const limitSchema = z.strictObject({
  /** Its name for people and programs; what was counted stays with it when other fields change. */
  id: z.string().regex(
    /^[a-z0-9][a-z0-9_-]{0,63}$/,
    "must have 1 to 64 lower-case letters, digits, - or _, and begin with a letter or digit",
  ),
  scope: limitScopeSchema,
  /** The property whose values are counted, each by itself. */
  property: z.string().min(1).max(64).transform((name) => name.toLowerCase()).optional(),
  /** Only this key, user or value; without it each has the quota for itself. */
  subject: z.string().min(1).max(512).optional(),
  unit: limitUnitSchema,
  /** Decimal text; requests and tokens are whole. */
  quota: z.union([z.string(), z.int().nonnegative().transform(String)]),
  window: z.enum(["minute", "hour", "day", "month"]),
  /** `dry-run` counts and marks, and lets everything through. */
  mode: z.enum(["enforce", "dry-run"]).default("enforce"),
  /** From here on calls are marked; null for never. */
  warn_at_percent: z.int().min(1).max(100).nullable().default(80),
}).superRefine(({ scope, property, subject, unit, quota }, context) => {
  const problem = (field: string, message: string) =>
    context.addIssue({ code: "custom", path: [field], message });
  if (unit === "usd" && !usd.test(quota)) {
    problem("quota", 'must be a decimal such as "25.50", with at most 12 digits after the point');
  }
  if (unit !== "usd" && !wholeNumber.test(quota)) {
    problem("quota", 'must be a whole number such as "1000"');
  }
  if (scope === "property" && property === undefined) {
    problem("property", "must name the property that a limit of this scope counts by");
  }
  if (scope !== "property" && property !== undefined) {
    problem("property", "must be left out unless the scope is property");
  }
  if (scope === "project" && subject !== undefined) {
    problem("subject", "must be left out when the scope is project");
  }
});
export type LimitSettings = z.infer<typeof limitSchema>;

export const limitsSchema = z.strictObject({
  limits: z.array(limitSchema).max(mostLimits, `must have at most ${mostLimits} entries`)
    .default([]),
  /** Reserved for a call whose price is not known, and charged to it when it stays unknown. */
  unpriced_call_usd: z.string().regex(usd, 'must be a decimal such as "0.50"').default("1"),
  /** Reserved as output of a call that does not say how much it may be. */
  default_output_tokens: z.int().min(0).max(10_000_000).default(4_096),
  /** What becomes of calls while the counts cannot be read or written. */
  when_unavailable: z.enum(["allow", "refuse"]).default("allow"),
}).superRefine(({ limits }, context) => {
  const seen = new Set<string>();
  for (const [index, { id }] of limits.entries()) {
    if (seen.has(id)) {
      const message = `must be another than that of an earlier limit: "${id}"`;
      context.addIssue({ code: "custom", path: ["limits", index, "id"], message });
    }
    seen.add(id);
  }
});
export type LimitsSettings = z.infer<typeof limitsSchema>;

export const limitsSection: Section<LimitsSettings> = { name: "limits", schema: limitsSchema };
