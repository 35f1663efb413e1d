/**
 * The ingest routes for the OpenAPI document: they read their bodies by hand, the schemas are those
 * that the events are checked with.
 *
 * @module
 */
import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "zod";
import { batchResultSchema, itemResultSchema, mostEvents } from "@/core/ingest/schema/answer.ts";
import { feedbackSchema, ingestEventSchema } from "@/core/ingest/schema/event.ts";
import { errorAnswers, errorSchema, jsonAnswer } from "./router.ts";

const tags = ["Ingest"];
const security = [{ projectKey: [] }];
const headers = z.object({
  "idempotency-key": z.string().min(1).max(256).optional(),
});

const batchSchema = z.object({ events: z.array(ingestEventSchema).min(1).max(mostEvents) });
const batchOrError = batchResultSchema.extend({ error: errorSchema.shape.error.optional() });

function body(schema: z.ZodType) {
  return { required: true, content: { "application/json": { schema } } };
}

const one = {
  201: jsonAnswer(itemResultSchema, "In the log."),
  200: jsonAnswer(itemResultSchema, "Was in the log already."),
  ...errorAnswers,
};

const many = {
  201: jsonAnswer(batchResultSchema, "All are in the log."),
  200: jsonAnswer(batchResultSchema, "All were in the log already."),
  207: jsonAnswer(batchResultSchema, "A result for each."),
  default: jsonAnswer(
    z.union([batchOrError, errorSchema]),
    "All were refused alike, or the request as a whole.",
  ),
};

export const ingestPaths: readonly RouteConfig[] = [
  {
    method: "post",
    path: "/v1/events",
    tags,
    summary: "Record one event",
    security,
    request: { headers, body: body(ingestEventSchema) },
    responses: one,
  },
  {
    method: "post",
    path: "/v1/events/batch",
    tags,
    summary: "Record up to 1,000 events, with a result for each",
    security,
    request: { headers, body: body(batchSchema) },
    responses: many,
  },
  {
    method: "post",
    path: "/v1/feedback",
    tags,
    summary: "Record what a person thought of an answer",
    security,
    request: {
      headers,
      body: body(feedbackSchema.extend({ type: z.literal("feedback").optional() })),
    },
    responses: one,
  },
  {
    method: "post",
    path: "/v1/projects/{project_id}/events",
    tags,
    summary: "Record one event or several of the key's project",
    security,
    request: {
      headers,
      params: z.object({ project_id: z.string() }),
      body: body(z.union([ingestEventSchema, batchSchema])),
    },
    responses: {
      201: jsonAnswer(z.union([itemResultSchema, batchResultSchema]), "In the log."),
      200: jsonAnswer(z.union([itemResultSchema, batchResultSchema]), "Was there already."),
      207: jsonAnswer(batchResultSchema, "A result for each."),
      default: jsonAnswer(z.union([batchOrError, errorSchema]), "Refused."),
    },
  },
];
