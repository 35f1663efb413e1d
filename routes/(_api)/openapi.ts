/**
 * The OpenAPI document, made from the schemas that the routes check with.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ApiEnv } from "./context.ts";
import { gatewayPaths } from "./openapi_gateway.ts";

type Described = ReturnType<OpenAPIHono<ApiEnv>["getOpenAPI31Document"]>;

const openApiPath = "/v1/openapi.json";

export function openApiRoute(app: OpenAPIHono<ApiEnv>, version: string): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "projectKey", {
    type: "http",
    scheme: "bearer",
    description: "A project key. x-api-key and X-WatchLLM-Key are taken as well.",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: "wl_session",
    description: "The dashboard's session. Changes must come from the dashboard's own origin.",
  });
  for (const path of gatewayPaths) app.openAPIRegistry.registerPath(path);
  let written: Described | undefined;
  const document = () =>
    withPropertyFilters(app.getOpenAPI31Document({
      openapi: "3.1.0",
      info: {
        title: "WatchLLM",
        version,
        description: "Observability and caching for LLM calls. Money is a decimal string in US " +
          "dollars, times are ISO UTC, durations are milliseconds.",
        license: { name: "Apache-2.0" },
      },
      servers: [{ url: "/" }],
    }));
  app.get(openApiPath, (c) => c.json(written ??= document()));
}

/** Filters whose names the schemas cannot list: each entry of the object is a field of its own. */
const propertyFilters = {
  name: "property",
  in: "query",
  required: false,
  style: "form",
  explode: true,
  description:
    "property.<name>=value: the property is there and equal to the value, or to one of " +
    "them when the field is repeated.",
  schema: {
    type: "object",
    patternProperties: {
      "^property\\..": {
        anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
      },
    },
    additionalProperties: false,
  },
  example: { "property.team": "search" },
} as const;

/** Adds them wherever the other filters are taken. */
function withPropertyFilters(document: Described): Described {
  for (const { get } of Object.values(document.paths ?? {})) {
    const filters = get?.parameters?.some((one) => "name" in one && one.name === "latency_max");
    if (filters) get?.parameters?.push(structuredClone(propertyFilters));
  }
  return document;
}
