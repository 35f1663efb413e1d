/**
 * Brings an event of any released version up to the one that this code knows. Pure: the same bytes
 * give the same event for ever, so a projection can be rebuilt from the log's beginning.
 *
 * @module
 */
import { z } from "zod";
import { type Event, eventSchema } from "./event.ts";

/** `{type@v: step}`: each step turns version v into v + 1. Empty while there is only version 1. */
export type Upcasters = Readonly<Record<string, (event: RawEvent) => RawEvent>>;

/** What every version has had in common since the first. */
export const rawEventSchema = z.looseObject({
  id: z.string(),
  type: z.string(),
  v: z.number().int().positive(),
  project: z.string(),
  at: z.string(),
});
export type RawEvent = z.infer<typeof rawEventSchema>;

/**
 * `unknown`: a type or version that this code does not know (written by a newer release): the
 * consumer parks, it never skips. `invalid`: a known version whose content breaks its schema.
 */
export type Upcast =
  | { ok: true; event: Event }
  | { ok: false; reason: "unknown" | "invalid"; detail: string };

const current = new Map(eventSchema.options.map((option) => [
  option.shape.type.value as string,
  { v: option.shape.v.value as number, schema: option as z.ZodType<Event> },
]));

/** The upcasters of all released versions. */
const upcasters: Upcasters = {};

/**
 * Reads one stored event.
 *
 * @example
 * ```ts
 * import { upcast } from "@/core/event/upcast.ts";
 * import { expect } from "expect";
 *
 * const read = upcast({ id: "1", type: "call.imagined", v: 1, project: "p", at: "" });
 * expect(read).toMatchObject({ ok: false, reason: "unknown" });
 * ```
 */
export function upcast(stored: unknown, steps: Upcasters = upcasters): Upcast {
  const raw = rawEventSchema.safeParse(stored);
  if (!raw.success) return { ok: false, reason: "invalid", detail: z.prettifyError(raw.error) };
  let event = raw.data;
  for (
    let step = steps[`${event.type}@${event.v}`];
    step;
    step = steps[`${event.type}@${event.v}`]
  ) {
    event = step(event);
  }
  const known = current.get(event.type);
  if (!known || known.v !== event.v) {
    return { ok: false, reason: "unknown", detail: `${event.type}@${event.v}` };
  }
  const parsed = known.schema.safeParse(event);
  if (!parsed.success) {
    return { ok: false, reason: "invalid", detail: z.prettifyError(parsed.error) };
  }
  return { ok: true, event: parsed.data };
}
