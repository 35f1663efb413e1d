/**
 * A call that was told of in parts: the event holds the whole call as it is known now, and takes the
 * place of the first one in the analytics.
 *
 * @module
 */
import { z } from "zod";
import { callDataSchema } from "./call.ts";

export const amendmentDataSchema = z.object({
  /** The call's event; its `at` is this event's `at`. */
  event_id: z.string().min(1).max(128),
  outcome: z.enum(["call.completed", "call.failed", "call.aborted"]),
  call: callDataSchema,
});
