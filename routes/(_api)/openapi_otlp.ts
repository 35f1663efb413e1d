/**
 * The OTLP routes for the OpenAPI document.
 *
 * @module
 */
import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "zod";

const binary = z.string().meta({ format: "binary" });

const requestSchema = z.looseObject({
  resourceSpans: z.array(z.looseObject({})).optional(),
}).meta({ id: "ExportTraceServiceRequest" });

const responseSchema = z.object({
  partialSuccess: z.object({ rejectedSpans: z.string(), errorMessage: z.string() }).optional(),
}).meta({ id: "ExportTraceServiceResponse" });

const statusSchema = z.object({ code: z.number().int(), message: z.string() })
  .meta({ id: "RpcStatus" });

export const otlpPaths: readonly RouteConfig[] = ["/v1/traces", "/api/public/otel/v1/traces"].map(
  (path): RouteConfig => ({
    method: "post",
    path,
    tags: ["Ingest"],
    summary: "OpenTelemetry traces over OTLP/HTTP",
    security: [{ projectKey: [] }],
    request: {
      body: {
        required: true,
        content: {
          "application/json": { schema: requestSchema },
          "application/x-protobuf": { schema: binary },
        },
      },
    },
    responses: {
      200: {
        description: "Stored; partialSuccess counts the spans that were not.",
        content: {
          "application/json": { schema: responseSchema },
          "application/x-protobuf": { schema: binary },
        },
      },
      default: {
        description: "Nothing was stored; google.rpc.Status says why.",
        content: {
          "application/json": { schema: statusSchema },
          "application/x-protobuf": { schema: binary },
        },
      },
    },
  }),
);
