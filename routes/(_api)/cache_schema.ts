/**
 * What the cache's routes take and answer.
 *
 * @module
 */
import { z } from "zod";
import { cacheFiguresSchema } from "@/core/analytics/cache_figures.ts";
import { missRankSchema } from "@/core/analytics/cache_misses.ts";
import { filterFields, querySchema } from "@/core/analytics/filters.ts";
import { rangeFields } from "@/core/analytics/range.ts";
import { readCursor } from "@/core/cache/cache.ts";
import { semanticSettingsSchema } from "@/core/cache/settings.ts";

const project = { project_id: z.string().optional() };
const count = z.number().int().nonnegative();
const instant = z.iso.datetime({ precision: 3 });

export const cacheRangeQuery = querySchema({ ...project, ...rangeFields, ...filterFields });
export const missQuery = querySchema({
  ...project,
  ...rangeFields,
  ...filterFields,
  by: z.enum(["component", "path"]).default("component"),
});
export const entriesQuery = z.strictObject({
  ...project,
  /** Looked for in the question, the model and the provider; or an entry's id or key. */
  q: z.string().min(1).max(256).optional(),
  limit: z.coerce.number<string>().int().min(1).max(200).default(50),
  cursor: z.string().refine((cursor) => readCursor(cursor) !== null, "must be a next_cursor")
    .optional(),
});
export const policyQuery = z.strictObject(project);

const text = z.string().min(1).max(256);

/** At least one condition, or `all`: an empty body must not empty the cache. */
export const removalBody = z.strictObject({
  all: z.literal(true).optional(),
  model: text.optional(),
  namespace: text.optional(),
  /** How the last user turn begins, any case. */
  prefix: z.string().min(1).max(200).optional(),
  older_than_seconds: z.number().int().min(0).max(365 * 86_400).optional(),
  property: z.strictObject({ name: text, value: z.string().max(512) }).optional(),
  /** An entry's id or key, or the event id of the call that bought it. */
  entry: z.string().min(1).max(128).optional(),
}).refine((body) => Object.keys(body).length > 0, {
  error:
    "must name what to remove: model, namespace, prefix, older_than_seconds, property, entry, or all",
}).refine((body) => !body.all || Object.keys(body).length === 1, {
  path: ["all"],
  error: "must stand alone",
});

export const removedSchema = z.object({ project_id: z.string(), removed: count })
  .meta({ id: "CacheRemoved" });

export const cacheStatsSchema = cacheFiguresSchema.extend({
  project_id: z.string(),
  date_from: instant,
  date_to: instant,
  /** What is stored now; `more` when the count was ended at its bound. */
  stored: z.object({ entries: count, bytes: count, more: z.boolean() }),
  /** Of this process, all projects together. */
  memory: z.object({ entries: count, bytes: count }),
}).meta({ id: "CacheStats" });

export const cacheMissesSchema = missRankSchema.extend({
  project_id: z.string(),
  date_from: instant,
  date_to: instant,
}).meta({ id: "CacheMisses" });

export const cacheEntriesSchema = z.object({
  project_id: z.string(),
  entries: z.array(z.object({
    /** The event of the call that bought the answer. */
    entry_id: z.string(),
    key: z.string(),
    stored_at: instant,
    expires_at: instant,
    provider: z.string(),
    model: z.string(),
    endpoint: z.string(),
    namespace: z.string(),
    properties: z.record(z.string(), z.string()),
    /** The beginning of the last user turn. */
    question: z.string(),
    bytes: count,
    form: z.enum(["json", "sse"]),
    cost_usd: z.string().nullable(),
  })),
  next_cursor: z.string().nullable(),
}).meta({ id: "CacheEntries" });

export const cachePolicySchema = z.object({
  project_id: z.string(),
  mode: semanticSettingsSchema.shape.mode.unwrap(),
  error_target: z.number(),
  partitions: z.array(z.object({
    partition: z.string(),
    embedder: z.string(),
    entries: count,
    /** Would-be hits that were compared with a real answer. */
    outcomes: count,
    wrong: count,
    /** Of those that were compared; null before the first. */
    precision: z.number().min(0).max(1).nullable(),
    /** The similarity from which hits are served; null: none are. */
    threshold: z.number().nullable(),
    /** The share of wrong answers above the threshold is below this, at all times at once. */
    false_hit_bound: z.number().nullable(),
    serving: z.boolean(),
    demotions: count,
  })),
}).meta({ id: "CachePolicy" });
