/**
 * The prices that a project has negotiated, for the dashboard.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { AppError } from "@/core/error.ts";
import { mostProjectPrices, projectPriceSchema } from "@/core/event/price.ts";
import { catalogue } from "@/core/pricing/catalogue.ts";
import { overlayVersion } from "@/core/pricing/overlay.ts";
import type { KeptPrices } from "@/core/pricing/price_book.ts";
import { sessionAccess } from "./auth.ts";
import type { ApiDeps } from "./context.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

const newPrices = z.strictObject({
  prices: z.array(projectPriceSchema).max(
    mostProjectPrices,
    `must have at most ${mostProjectPrices} entries`,
  ),
  /** The version that was read before; another one in between is not overwritten. */
  replaces: z.number().int().nonnegative().optional(),
});

export const pricesSchema = z.object({
  project_id: z.string(),
  /** Counts the changes; 0 while the project has no prices of its own. */
  version: z.number().int().nonnegative(),
  changed_at: z.iso.datetime({ precision: 3 }).nullable(),
  prices: z.array(projectPriceSchema),
  /** What they go before. */
  list: z.object({ catalogue: z.string(), catalogue_version: z.string(), overlay: z.string() }),
}).meta({ id: "Prices" });

const path = "/v1/projects/{id}/prices";
const projectPath = z.object({ id: z.string() });
const tags = ["Projects"];
const security = [{ session: [] }];

export function priceRoutes({ prices, projects, sessions }: ApiDeps) {
  const middleware = sessionAccess({ sessions });

  const read = createRoute({
    method: "get",
    path,
    tags,
    summary: "A project's negotiated prices",
    security,
    middleware,
    request: { params: projectPath },
    responses: { 200: jsonAnswer(pricesSchema, "As they are now."), ...errorAnswers },
  });

  const replace = createRoute({
    method: "put",
    path,
    tags,
    summary: "Replace a project's negotiated prices",
    security,
    middleware,
    request: {
      params: projectPath,
      body: { required: true, content: { "application/json": { schema: newPrices } } },
    },
    responses: {
      200: jsonAnswer(pricesSchema, "In the log; every gateway uses them within 5 seconds."),
      ...errorAnswers,
    },
  });

  return apiRouter()
    .openapi(read, async (c) => {
      const { id } = c.req.valid("param");
      if (!await projects.get(id)) throw new AppError("project_not_found");
      return c.json(answer(id, await prices.get(id)), 200);
    })
    .openapi(replace, async (c) => {
      const { id } = c.req.valid("param");
      const asked = c.req.valid("json");
      if (!await projects.get(id)) throw new AppError("project_not_found");
      return c.json(answer(id, await prices.put(id, asked.prices, asked.replaces)), 200);
    });
}

function answer(id: string, { version, changed_at, prices }: KeptPrices) {
  return {
    project_id: id,
    version,
    changed_at,
    prices: [...prices],
    list: {
      catalogue: catalogue.source,
      catalogue_version: catalogue.version,
      overlay: overlayVersion,
    },
  };
}
