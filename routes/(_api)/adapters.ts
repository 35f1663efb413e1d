/**
 * The addresses that clients of Helicone's and Langfuse's write to, so that moving is a change of address.
 *
 * @module
 */
import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "zod";
import { heliconeEvent, type HeliconeRoute } from "@/core/ingest/adapters/helicone.ts";
import { heliconeLogEvent } from "@/core/ingest/adapters/helicone_log.ts";
import {
  langfuseAnswerSchema,
  langfuseRequestSchema,
} from "@/core/ingest/adapters/langfuse_schema.ts";
import { eventsOf } from "@/core/ingest/events.ts";
import { itemResultSchema } from "@/core/ingest/schema/answer.ts";
import type { ItemResult } from "@/core/ingest/schema/answer.ts";
import type { ApiDeps } from "./context.ts";
import { badRequest } from "./errors.ts";
import { refused, withBody } from "./ingest.ts";
import { keyOwner } from "./ingest_auth.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

const helicone: Readonly<Record<string, HeliconeRoute>> = {
  "/custom/v1/log": null,
  "/v1/trace/custom/v1/log": null,
  "/v1/log/request": null,
  "/oai/v1/log": "openai",
  "/anthropic/v1/log": "anthropic",
};

const logged = z.looseObject({
  providerRequest: z.looseObject({}),
  providerResponse: z.looseObject({}).optional(),
  timing: z.looseObject({}).optional(),
});

const logMessage = z.looseObject({
  log: z.looseObject({ request: z.looseObject({}), response: z.looseObject({}).optional() }),
  heliconeMeta: z.looseObject({}).optional(),
});

const common: Pick<RouteConfig, "method" | "tags" | "security"> = {
  method: "post",
  tags: ["Ingest"],
  security: [{ projectKey: [] }],
};

const paths: readonly RouteConfig[] = [
  ...Object.keys(helicone).map((path): RouteConfig => ({
    ...common,
    path,
    summary: "Helicone's log of a call that did not pass through a proxy",
    request: {
      body: {
        required: true,
        content: {
          "application/json": {
            schema: path === "/v1/log/request" ? z.union([logMessage, logged]) : logged,
          },
        },
      },
    },
    responses: { 200: jsonAnswer(itemResultSchema, "In the log."), ...errorAnswers },
  })),
  {
    ...common,
    path: "/api/public/ingestion",
    summary: "Langfuse's ingestion of before OpenTelemetry",
    request: {
      body: {
        required: true,
        content: { "application/json": { schema: langfuseRequestSchema } },
      },
    },
    responses: { 207: jsonAnswer(langfuseAnswerSchema, "A result for each."), ...errorAnswers },
  },
];

export function adapterRoutes({ ingest, verifier }: Pick<ApiDeps, "ingest" | "verifier">) {
  const app = apiRouter();
  for (const path of paths) app.openAPIRegistry.registerPath(path);

  for (const [path, route] of Object.entries(helicone)) {
    app.post(path, async (c) => {
      const owner = await keyOwner(verifier, c.req.raw.headers);
      return await withBody(c, ingest, async (body) => {
        const event = withoutAbsent(heliconeBody(path, body, route, c.req.raw.headers));
        const context = await ingest.context(owner, "helicone");
        // One outcome for one event.
        const [result] = await ingest.events.take([event], context, null) as [ItemResult];
        return result.error ? refused(c, result) : c.json(result, 200);
      });
    });
  }

  app.post("/api/public/ingestion", async (c) => {
    const owner = await keyOwner(verifier, c.req.raw.headers);
    return await withBody(c, ingest, async (body) => {
      const batch = typeof body === "object" && body !== null && "batch" in body
        ? body.batch
        : undefined;
      if (!Array.isArray(batch)) throw badRequest({ field: "batch", expected: "must be a list" });
      if (batch.length === 0) return c.json({ successes: [], errors: [] }, 207);
      const items = eventsOf(batch, ingest.limits);
      const context = await ingest.context(owner, "langfuse");
      const answer = await ingest.langfuse.take(items, context);
      if (answer.errors.some(({ status }) => status === 429 || status === 503)) {
        c.header("Retry-After", "1");
      }
      return c.json(answer, 207);
    });
  });
  return app;
}

function heliconeBody(path: string, body: unknown, route: HeliconeRoute, headers: Headers) {
  const isObject = typeof body === "object" && body !== null;
  if (isObject && "providerRequest" in body) return heliconeEvent(body, route, headers);
  if (path !== "/v1/log/request") {
    throw badRequest({ field: "providerRequest", expected: "must be an object" });
  }
  if (isObject && "log" in body) return heliconeLogEvent(body);
  throw badRequest({ field: "log", expected: "must be an object" });
}

function withoutAbsent(event: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined));
}
