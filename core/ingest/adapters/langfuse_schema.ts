/**
 * Langfuse's ingestion: what of it is read. Its clients send more, which is kept as attributes.
 *
 * @module
 */
import { z } from "zod";
import { maybe, nameSchema, timestampSchema } from "../schema/parts.ts";

const json = z.unknown();
const word = maybe(z.string().max(1_000));

const langfuseBodySchema = z.looseObject({
  id: maybe(nameSchema),
  traceId: maybe(nameSchema),
  parentObservationId: maybe(nameSchema),
  observationId: maybe(nameSchema),
  sessionId: maybe(nameSchema),
  userId: maybe(nameSchema),
  name: word,
  timestamp: maybe(timestampSchema),
  startTime: maybe(timestampSchema),
  endTime: maybe(timestampSchema),
  completionStartTime: maybe(timestampSchema),
  input: maybe(json),
  output: maybe(json),
  metadata: maybe(json),
  level: word,
  statusMessage: maybe(z.string()),
  model: word,
  usage: maybe(z.record(z.string(), json)),
  usageDetails: maybe(z.record(z.string(), json)),
  costDetails: maybe(z.record(z.string(), json)),
  tags: maybe(z.array(z.string())),
  release: word,
  environment: word,
  value: maybe(z.union([z.number(), z.string(), z.boolean()])),
  comment: maybe(z.string()),
  dataType: word,
});
export type LangfuseBody = z.infer<typeof langfuseBodySchema>;

const observations = [
  "span",
  "generation",
  "event",
  "agent",
  "tool",
  "chain",
  "retriever",
  "evaluator",
  "embedding",
  "guardrail",
] as const;

export const langfuseItemSchema = z.looseObject({
  id: nameSchema,
  type: z.enum([
    "trace-create",
    "score-create",
    "sdk-log",
    "observation-create",
    "observation-update",
    ...observations.flatMap((kind) => [`${kind}-create`, `${kind}-update`] as const),
  ]),
  timestamp: maybe(timestampSchema),
  body: langfuseBodySchema,
});
export type LangfuseItem = z.infer<typeof langfuseItemSchema>;

export const langfuseRequestSchema = z.looseObject({
  batch: z.array(z.looseObject({ id: z.string(), type: z.string(), body: z.unknown() })),
  metadata: maybe(json),
}).meta({ id: "LangfuseIngestion" });

export const langfuseAnswerSchema = z.object({
  successes: z.array(z.object({ id: z.string(), status: z.number().int() })),
  errors: z.array(z.object({
    id: z.string(),
    status: z.number().int(),
    message: z.string(),
    error: z.unknown().optional(),
  })),
}).meta({ id: "LangfuseIngestionResult" });
export type LangfuseAnswer = z.infer<typeof langfuseAnswerSchema>;
