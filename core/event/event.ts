/**
 * The event envelope and the table of every event type, each with its version. The log is immutable:
 * a new version is a new schema here plus an upcaster in `upcast.ts`, never a rewrite.
 *
 * @module
 */
import { z } from "zod";
import { amendmentDataSchema } from "./amendment.ts";
import { attemptDataSchema } from "./attempt.ts";
import { callDataSchema } from "./call.ts";
import { judgementDataSchema } from "./judgement.ts";
import { limitCrossedDataSchema } from "./limits.ts";
import { pricesDataSchema, repricedDataSchema } from "./price.ts";
import { erasureDataSchema, removedDataSchema, retentionDataSchema } from "./retention.ts";
import { scoreDataSchema } from "./score.ts";
import { settingsDataSchema } from "./settings.ts";
import { spanDataSchema } from "./span.ts";

/** How a payload (a request or answer body) is kept: inside the event, as chunks beside it, or no more. */
const payloadRefSchema = z.object({
  content_type: z.string().nullable(),
  /** Size as it was sent. */
  original_bytes: z.number().int().nonnegative(),
  /** Size that is kept; smaller than `original_bytes` when `truncated`. */
  bytes: z.number().int().nonnegative(),
  truncated: z.boolean(),
  stored: z.discriminatedUnion("as", [
    z.object({ as: z.literal("text"), text: z.string() }),
    z.object({ as: z.literal("base64"), data: z.string() }),
    z.object({
      as: z.literal("chunks"),
      encoding: z.enum(["deflate", "identity"]),
      chunks: z.number().int().positive(),
      /** SHA-256 of the kept bytes before compression, hex. */
      sha256: z.string().length(64),
    }),
    /** Taken out of the log by the project's retention. */
    z.object({ as: z.literal("removed") }),
  ]),
});
export type PayloadRef = z.infer<typeof payloadRefSchema>;

const envelope = {
  /** ULID made when the thing began; the event's identity, not its position. */
  id: z.string().min(1).max(128),
  project: z.string().min(1).max(128),
  /** When it happened: UTC with milliseconds. For calls, the request's arrival. */
  at: z.iso.datetime({ precision: 3 }),
  payloads: z.record(z.string(), payloadRefSchema).optional(),
};

const callEvent = <T extends string>(type: T) =>
  z.object({ ...envelope, type: z.literal(type), v: z.literal(1), data: callDataSchema });

/** Every event that this version writes. Reading older versions goes through `upcast()` first. */
export const eventSchema = z.discriminatedUnion("type", [
  callEvent("call.completed"),
  callEvent("call.failed"),
  callEvent("call.aborted"),
  z.object({
    ...envelope,
    type: z.literal("demo.removed"),
    v: z.literal(1),
    data: z.object({ before: z.iso.datetime({ precision: 3 }) }),
  }),
  z.object({
    ...envelope,
    type: z.literal("call.attempted"),
    v: z.literal(1),
    data: attemptDataSchema,
  }),
  z.object({
    ...envelope,
    type: z.literal("price.changed"),
    v: z.literal(1),
    data: pricesDataSchema,
  }),
  z.object({
    ...envelope,
    type: z.literal("call.repriced"),
    v: z.literal(1),
    data: repricedDataSchema,
  }),
  z.object({
    ...envelope,
    type: z.literal("settings.changed"),
    v: z.literal(1),
    data: settingsDataSchema,
  }),
  z.object({
    ...envelope,
    type: z.literal("cache.judged"),
    v: z.literal(1),
    data: judgementDataSchema,
  }),
  z.object({
    ...envelope,
    type: z.literal("limit.crossed"),
    v: z.literal(1),
    data: limitCrossedDataSchema,
  }),
  z.object({
    ...envelope,
    type: z.literal("call.amended"),
    v: z.literal(1),
    data: amendmentDataSchema,
  }),
  z.object({
    ...envelope,
    type: z.literal("span.recorded"),
    v: z.literal(1),
    data: spanDataSchema,
  }),
  z.object({
    ...envelope,
    type: z.literal("score.recorded"),
    v: z.literal(1),
    data: scoreDataSchema,
  }),
  z.object({
    ...envelope,
    type: z.literal("retention.applied"),
    v: z.literal(1),
    data: retentionDataSchema,
  }),
  z.object({
    ...envelope,
    type: z.literal("data.erased"),
    v: z.literal(1),
    data: erasureDataSchema,
  }),
  z.object({
    ...envelope,
    type: z.literal("event.removed"),
    v: z.literal(1),
    data: removedDataSchema,
  }),
]);

export type Event = z.infer<typeof eventSchema>;
export type EventType = Event["type"];
export type EventOf<T extends EventType> = Extract<Event, { type: T }>;

/** The terminal event of a call. */
export type CallEvent = EventOf<"call.completed" | "call.failed" | "call.aborted">;

const callTypes: ReadonlySet<string> = new Set<CallEvent["type"]>([
  "call.completed",
  "call.failed",
  "call.aborted",
]);

/** Whether an event, or the draft of one, ends a call. */
export function isCallEvent<E extends { readonly type: string }>(
  event: E,
): event is Extract<E, { type: CallEvent["type"] }> {
  return callTypes.has(event.type);
}
