/**
 * How long a project keeps what it recorded: the section `retention` of its settings. `{}` keeps
 * everything.
 *
 * @module
 */
import { z } from "zod";
import type { Section } from "../settings/settings.ts";

const days = z.int("must be a whole number of days, or null for ever")
  .min(1, "must be at least 1 day")
  .max(3_650, "must be at most 3650 days")
  .nullable();

export const retentionSchema = z.strictObject({
  /** Prompts and answers; null: for as long as their call. */
  bodies_days: days.default(null),
  /** Calls, traces, scores; null: for ever. Sums by minute, hour and day stay. */
  calls_days: days.default(null),
}).superRefine(({ bodies_days, calls_days }, context) => {
  if (bodies_days !== null && calls_days !== null && bodies_days > calls_days) {
    context.addIssue({
      code: "custom",
      path: ["bodies_days"],
      message: `must be at most calls_days (${calls_days}): a body goes with its call`,
    });
  }
});
export type RetentionSettings = z.infer<typeof retentionSchema>;

export const retentionSection: Section<RetentionSettings> = {
  name: "retention",
  schema: retentionSchema,
};
