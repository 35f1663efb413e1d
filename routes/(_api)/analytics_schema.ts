/**
 * The query strings of the analytics routes.
 *
 * @module
 */
import { z } from "zod";
import { breakdownOrderSchema } from "@/core/analytics/breakdown_types.ts";
import { filterFields, groupBySchema, querySchema } from "@/core/analytics/filters.ts";
import { rangeFields } from "@/core/analytics/range.ts";
import { metricSchema } from "@/core/analytics/types.ts";

const projectField = {
  /** For dashboard sessions; a key's own project is the only one it opens. */
  project_id: z.string().min(1).optional(),
};
const filtered = { ...projectField, ...rangeFields, ...filterFields };
const order = z.enum(["asc", "desc"]).default("desc");

/** `previous` adds the range of the same length before. */
const compare = z.enum(["previous"]).optional();

/** Filters in a range, and nothing else. */
export const rangeQuery = querySchema(filtered);

export const statsQuery = querySchema({ ...filtered, compare });

export const timeseriesQuery = querySchema({
  ...filtered,
  metric: metricSchema.default("requests"),
  /** Empty is as good as absent. */
  group_by: z.preprocess((text) => text === "" ? undefined : text, groupBySchema.optional()),
  /** Groups with a line of their own; the others are one line. */
  top: z.coerce.number<string>().int().min(1).max(50).default(8),
});

export const breakdownQuery = querySchema({
  ...filtered,
  by: groupBySchema,
  order: breakdownOrderSchema.default("cost"),
  limit: z.coerce.number<string>().int().min(1).max(500).default(20),
  compare,
});

export const logsQuery = querySchema({
  ...filtered,
  limit: z.coerce.number<string>().int().min(1).max(1_000).default(50),
  offset: z.coerce.number<string>().int().min(0).max(10_000_000).optional(),
  cursor: z.string().min(1).max(500).optional(),
  order,
});

export const exportQuery = querySchema({
  ...filtered,
  format: z.enum(["csv", "jsonl"]).default("jsonl"),
  order,
});

export const eventQuery = z.strictObject({
  ...projectField,
  /** Leaves JSON bodies as the text that was sent. */
  raw: z.enum(["true", "false"]).default("false"),
});

export const eventPath = z.object({ event_id: z.string().min(1).max(128) });
