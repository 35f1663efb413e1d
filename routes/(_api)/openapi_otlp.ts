/**
 * The OTLP routes for the OpenAPI document.
 *
 * @module
 */
import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "zod";
import { errorSchema, jsonAnswer } from "./router.ts";

const binary = z.string().meta({ format: "binary" });

const requestSchema = z.looseObject({
  resourceSpans: z.array(z.looseObject({})).optional(),
}).meta({ id: "ExportTraceServiceRequest" });

const responseSchema = z.object({
  partialSuccess: z.object({ rejectedSpans: z.string(), errorMessage: z.string() }).optional(),
}).meta({ id: "ExportTraceServiceResponse" });

const statusSchema = z.object({ code: z.number().int(), message: z.string() })
  .meta({ id: "RpcStatus" });

/** Where exporters bring what is not kept: `OTEL_EXPORTER_OTLP_ENDPOINT` sends all signals here. */
export const otherSignals = [
  "/v1/metrics",
  "/v1/logs",
  "/api/public/otel/v1/metrics",
  "/api/public/otel/v1/logs",
] as const;

const tracePaths = ["/v1/traces", "/api/public/otel/v1/traces"].map(
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

const signalPaths = otherSignals.map(
  (path): RouteConfig => ({
    method: "post",
    path,
    tags: ["Ingest"],
    summary: "Not taken: of OpenTelemetry only traces are kept",
    responses: { 501: jsonAnswer(errorSchema, "Switch the exporter off.") },
  }),
);

export const otlpPaths: readonly RouteConfig[] = [...tracePaths, ...signalPaths];
