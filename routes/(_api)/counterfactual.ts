/**
 * What has no price, and what the same traffic would have cost on another model.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { counterfactualSchema } from "@/core/analytics/counterfactual_types.ts";
import { filterFields, filtersOf, querySchema } from "@/core/analytics/filters.ts";
import { rangeFields, rangeOf, type RangeResult } from "@/core/analytics/range.ts";
import { unpricedSchema } from "@/core/analytics/unpriced.ts";
import { rangeQuery } from "./analytics_schema.ts";
import { projectAccess } from "./auth.ts";
import type { ApiDeps } from "./context.ts";
import { badRequest } from "./errors.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

const { model: fromModel, ...otherFilters } = filterFields;

const counterfactualQuery = querySchema({
  project_id: z.string().min(1).optional(),
  ...rangeFields,
  ...otherFilters,
  /** The model to compare with. */
  model: z.string().max(300).regex(
    /^[^/]+\/.+$/s,
    "must be provider/model, e.g. anthropic/claude-sonnet-4-5",
  ),
  /** Filters by the model that was called: `model` names the one to compare with. */
  from_model: fromModel,
});

const tags = ["Analytics"];
const security = [{ projectKey: [] }, { session: [] }];

export function costRoutes(deps: ApiDeps) {
  const { costs, now } = deps;
  const middleware = projectAccess(deps);
  const common = { method: "get", tags, security, middleware } as const;

  const unpriced = createRoute({
    ...common,
    path: "/v1/analytics/unpriced",
    summary: "Calls without a price, by model and by what is missing",
    request: { query: rangeQuery },
    responses: { 200: jsonAnswer(unpricedSchema, "Most calls first."), ...errorAnswers },
  });

  const counterfactual = createRoute({
    ...common,
    path: "/v1/analytics/counterfactual",
    summary: "What the same traffic would have cost on another model",
    request: { query: counterfactualQuery },
    responses: {
      200: jsonAnswer(counterfactualSchema, "A range, and what it rests on."),
      ...errorAnswers,
    },
  });

  return apiRouter()
    .openapi(unpriced, async (c) => {
      const query = c.req.valid("query");
      const asked = { range: taken(rangeOf(query, now())), filters: filtersOf(query) };
      const { signal } = c.req.raw;
      return c.json(await costs.unpriced(c.var.project, asked, { signal }), 200);
    })
    .openapi(counterfactual, async (c) => {
      const { model, from_model, ...query } = c.req.valid("query");
      const slash = model.indexOf("/");
      const result = await costs.counterfactual(c.var.project, {
        provider: model.slice(0, slash),
        target: model.slice(slash + 1),
        range: taken(rangeOf(query, now())),
        filters: filtersOf({ ...query, model: from_model }),
      }, { signal: c.req.raw.signal });
      if (!result.ok) {
        throw badRequest({
          field: "model",
          expected: `must be a model with a known price. ${result.reason}`,
        });
      }
      return c.json(result.value, 200);
    });
}

function taken<T>(result: RangeResult<T>): T {
  if (!result.ok) throw badRequest({ field: result.field, expected: result.expected });
  return result.value;
}
