/**
 * A measurement or an opinion: what a program or a person thought of a call, a span, a trace or a
 * session. A proposed correction is the event's payload `correction`.
 *
 * @module
 */
import { z } from "zod";
import { sourceSchema } from "./span.ts";

export const scoreDataSchema = z.object({
  kind: z.enum(["score", "feedback"]),
  /** What was measured; `feedback` for feedback without a name. */
  name: z.string().min(1),
  /** Numbers as they are; true and `up` are 1, false is 0, `down` is -1; null: the value is text. */
  value: z.number().nullable(),
  /** The value as it was given. */
  text: z.string(),
  data_type: z.enum(["numeric", "boolean", "categorical"]),
  comment: z.string().nullable(),
  /** The call or span that it is about, by its event id. */
  target_event_id: z.string().nullable(),
  trace_id: z.string().nullable(),
  span_id: z.string().nullable(),
  session_id: z.string().nullable(),
  /** Who thinks so. */
  user_id: z.string().nullable(),
  source: sourceSchema,
  properties: z.record(z.string(), z.string()),
  key_id: z.string(),
  /** The event that this one replaces in the analytics; null: it is a score of its own. */
  amends: z.string().nullable(),
  demo: z.boolean(),
});
export type ScoreData = z.infer<typeof scoreDataSchema>;
