/**
 * The cache's routes: what it did, what breaks its hits, what it holds, and removing from it.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { filtersOf } from "@/core/analytics/filters.ts";
import { rangeOf, type RangeResult } from "@/core/analytics/range.ts";
import type { EntrySummary } from "@/core/cache/exact/entry.ts";
import type { PartitionStanding } from "@/core/cache/semantic/contract.ts";
import { projectAccess } from "./auth.ts";
import {
  cacheEntriesSchema,
  cacheMissesSchema,
  cachePolicySchema,
  cacheRangeQuery,
  cacheStatsSchema,
  entriesQuery,
  missQuery,
  policyQuery,
  removalBody,
  removedSchema,
} from "./cache_schema.ts";
import type { ApiDeps } from "./context.ts";
import { badRequest } from "./errors.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

const tags = ["Cache"];
const security = [{ projectKey: [] }, { session: [] }];

export function cacheRoutes(deps: ApiDeps) {
  const { cache, cacheAnalytics, now } = deps;
  const middleware = projectAccess(deps);
  const common = { tags, security, middleware } as const;
  const get = { ...common, method: "get" } as const;

  const stats = createRoute({
    ...get,
    path: "/v1/cache/stats",
    summary: "What the cache did and saved in a range, by default the last 24 hours",
    request: { query: cacheRangeQuery },
    responses: { 200: jsonAnswer(cacheStatsSchema, "Outcomes and savings."), ...errorAnswers },
  });

  const misses = createRoute({
    ...get,
    path: "/v1/cache/misses",
    summary: "What breaks hits, and the hit rate without it",
    request: { query: missQuery },
    responses: { 200: jsonAnswer(cacheMissesSchema, "The worst first."), ...errorAnswers },
  });

  const entries = createRoute({
    ...get,
    path: "/v1/cache/entries",
    summary: "Stored answers, newest first",
    request: { query: entriesQuery },
    responses: { 200: jsonAnswer(cacheEntriesSchema, "One page."), ...errorAnswers },
  });

  const policy = createRoute({
    ...get,
    path: "/v1/cache/policy",
    summary: "How right the semantic cache is, context by context, and what it serves",
    request: { query: policyQuery },
    responses: { 200: jsonAnswer(cachePolicySchema, "As it stands."), ...errorAnswers },
  });

  const invalidate = createRoute({
    ...common,
    method: "post",
    path: "/v1/cache/invalidate",
    summary: "Remove stored answers: those that fit every given condition",
    request: {
      query: policyQuery,
      body: { required: true, content: { "application/json": { schema: removalBody } } },
    },
    responses: {
      200: jsonAnswer(removedSchema, "Given by no process later than 5 seconds from now."),
      ...errorAnswers,
    },
  });

  return apiRouter()
    .openapi(stats, async (c) => {
      const query = c.req.valid("query");
      const range = taken(rangeOf(query, now()));
      const project_id = c.var.project;
      const asked = { range, filters: filtersOf(query) };
      const [figures, stored] = await Promise.all([
        cacheAnalytics.figures(project_id, asked, { signal: c.req.raw.signal }),
        cache.size(project_id),
      ]);
      const { entries, bytes } = cache.store.memory;
      const memory = { entries, bytes };
      return c.json(
        { project_id, date_from: range.from, date_to: range.to, ...figures, stored, memory },
        200,
      );
    })
    .openapi(misses, async (c) => {
      const query = c.req.valid("query");
      const range = taken(rangeOf(query, now()));
      const project_id = c.var.project;
      const asked = { range, filters: filtersOf(query), by: query.by };
      const rank = await cacheAnalytics.misses(project_id, asked, { signal: c.req.raw.signal });
      return c.json({ project_id, date_from: range.from, date_to: range.to, ...rank }, 200);
    })
    .openapi(entries, async (c) => {
      const { q, limit, cursor } = c.req.valid("query");
      const page = await cache.entries(c.var.project, {
        limit,
        ...(q !== undefined && { q }),
        ...(cursor !== undefined && { cursor }),
      });
      return c.json({
        project_id: c.var.project,
        entries: page.entries.map(shownEntry),
        next_cursor: page.next,
      }, 200);
    })
    .openapi(policy, async (c) => {
      const project_id = c.var.project;
      const { semantic } = await cache.settings(project_id);
      const standing = await cache.standing(project_id);
      return c.json({
        project_id,
        mode: semantic.mode,
        error_target: semantic.error_target,
        partitions: standing.map((one) => shownPartition(one, semantic.mode)),
      }, 200);
    })
    .openapi(invalidate, async (c) => {
      const { all: _, older_than_seconds, ...conditions } = c.req.valid("json");
      const removed = await cache.invalidate(c.var.project, {
        ...definedOf(conditions),
        ...(older_than_seconds !== undefined && { olderThanSeconds: older_than_seconds }),
      });
      return c.json({ project_id: c.var.project, removed }, 200);
    });
}

/** Leaves out what was not given: the compiler tells it from what is undefined. */
function definedOf<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(value).filter(([, one]) => one !== undefined);
  // The entries of `value`, without those that are undefined.
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function shownEntry({ id, at, expiresAt, preview, size, ...entry }: EntrySummary) {
  const { key, provider, model, endpoint, namespace, properties, form, cost_usd } = entry;
  return {
    entry_id: id,
    key,
    stored_at: new Date(at).toISOString(),
    expires_at: new Date(expiresAt).toISOString(),
    provider,
    model,
    endpoint,
    namespace,
    properties,
    question: preview,
    bytes: size,
    form,
    cost_usd,
  };
}

function shownPartition(standing: PartitionStanding, mode: string) {
  const { partition, embedder, entries, outcomes, wrong, threshold, demotions } = standing;
  return {
    partition,
    embedder,
    entries,
    outcomes,
    wrong,
    precision: outcomes === 0 ? null : (outcomes - wrong) / outcomes,
    threshold,
    false_hit_bound: standing.falseHitBound,
    serving: mode === "serve" && threshold !== null,
    demotions,
  };
}

function taken<T>(result: RangeResult<T>): T {
  if (!result.ok) throw badRequest({ field: result.field, expected: result.expected });
  return result.value;
}
