/**
 * Checks one event.
 *
 * @module
 */
import type { z } from "zod";
import { type IngestEvent, ingestEventSchema, promptCallSchema, spanSchema } from "./event.ts";
import { quickCheck } from "./quick.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The event, or what is wrong with it. */
export type Checked =
  | { readonly success: true; readonly data: IngestEvent }
  | { readonly success: false; readonly error: z.core.$ZodError };

/** The kinds that come in masses. */
const quick: ReadonlyMap<unknown, (event: Fields) => boolean> = new Map([
  ["prompt_call", quickCheck(promptCallSchema.shape, ["model"])],
  ["span", quickCheck(spanSchema.shape, [])],
]);

/** The event, or what is wrong with each of its fields. */
export function checkEvent(event: Fields): Checked {
  if (quick.get(event.type)?.(event)) {
    // What the check says yes to is what the schema would give (tests/ingest/quick_test.ts).
    return { success: true, data: event as IngestEvent };
  }
  return ingestEventSchema.safeParse(event);
}
