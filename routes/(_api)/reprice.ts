/**
 * Calls priced again with the prices that are known now: what that would change, and doing it.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import type { ReadOptions } from "@/core/analytics/contract.ts";
import { filterFields, filtersOf, querySchema } from "@/core/analytics/filters.ts";
import { rangeFields, rangeOf, type RangeResult } from "@/core/analytics/range.ts";
import { AppError } from "@/core/error.ts";
import type { DifferenceQuery } from "@/core/pricing/reprice_difference.ts";
import type { RepriceRuns } from "@/core/pricing/reprice_runs.ts";
import {
  type RepriceDifference,
  repriceDifferenceSchema,
  repriceRunSchema,
} from "@/core/pricing/reprice_types.ts";
import { rangeQuery } from "./analytics_schema.ts";
import { projectAccess, sessionAccess } from "./auth.ts";
import type { ApiDeps } from "./context.ts";
import { badRequest } from "./errors.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

/** Prices calls again. */
export interface Repricing {
  /** Null: they are of too many kinds. */
  difference(
    project: string,
    query: DifferenceQuery,
    options?: ReadOptions,
  ): Promise<RepriceDifference | null>;
  readonly runs: RepriceRuns;
}

/** What is priced again: a range, and filters as the analytics routes take them. */
const order = querySchema({
  ...rangeFields,
  ...filterFields,
  date_from: rangeFields.date_from.unwrap(),
  date_to: rangeFields.date_to.unwrap(),
  /** Kept with each new cost. */
  reason: z.string().trim().min(1).max(500).default("Priced again with the prices known now."),
});

const path = "/v1/projects/{id}/reprice";
const projectPath = z.object({ id: z.string() });
const tags = ["Projects"];
const security = [{ session: [] }];

export function repriceRoutes(deps: ApiDeps) {
  const { repricing, projects, sessions, now } = deps;

  const preview = createRoute({
    method: "get",
    path: "/v1/analytics/reprice",
    tags: ["Analytics"],
    summary: "What pricing the calls again would change, by model",
    security: [{ projectKey: [] }, { session: [] }],
    middleware: projectAccess(deps),
    request: { query: rangeQuery },
    responses: {
      200: jsonAnswer(repriceDifferenceSchema, "The largest difference first."),
      ...errorAnswers,
    },
  });

  const common = {
    path,
    tags,
    security,
    middleware: sessionAccess({ sessions }),
  } as const;
  const read = createRoute({
    ...common,
    method: "get",
    summary: "How far pricing the calls again is",
    request: { params: projectPath },
    responses: { 200: jsonAnswer(repriceRunSchema, "As it is now."), ...errorAnswers },
  });
  const begin = createRoute({
    ...common,
    method: "post",
    summary: "Price calls again",
    request: {
      params: projectPath,
      body: { required: true, content: { "application/json": { schema: order } } },
    },
    responses: {
      202: jsonAnswer(
        repriceRunSchema,
        "It has begun, or one that was going on goes on; GET tells how far it is.",
      ),
      ...errorAnswers,
    },
  });
  const end = createRoute({
    ...common,
    method: "delete",
    summary: "Stop pricing calls again",
    request: { params: projectPath },
    responses: {
      200: jsonAnswer(repriceRunSchema, "What was appended holds; another run goes on."),
      ...errorAnswers,
    },
  });

  async function known(id: string): Promise<string> {
    if (!await projects.get(id)) throw new AppError("project_not_found");
    return id;
  }

  return apiRouter()
    .openapi(preview, async (c) => {
      const query = c.req.valid("query");
      const asked = { range: taken(rangeOf(query, now())), filters: filtersOf(query) };
      const found = await repricing.difference(c.var.project, asked, { signal: c.req.raw.signal });
      if (!found) {
        throw badRequest({
          field: "date_from",
          expected: "fewer calls: these are of more than 20,000 kinds. Take a shorter range, or " +
            "`deno task reprice --dry-run`",
        });
      }
      return c.json(found, 200);
    })
    .openapi(
      read,
      async (c) => c.json(await repricing.runs.state(await known(c.req.valid("param").id)), 200),
    )
    .openapi(begin, async (c) => {
      const id = await known(c.req.valid("param").id);
      const { reason, ...asked } = c.req.valid("json");
      const range = taken(rangeOf(asked, now()));
      const query = { range, filters: filtersOf(asked), reason };
      return c.json(await repricing.runs.start(id, query), 202);
    })
    .openapi(
      end,
      async (c) => c.json(await repricing.runs.stop(await known(c.req.valid("param").id)), 200),
    );
}

function taken<T>(result: RangeResult<T>): T {
  if (!result.ok) throw badRequest({ field: result.field, expected: result.expected });
  return result.value;
}
