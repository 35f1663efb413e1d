/**
 * The pieces that the event schemas are made of. `null` means the same as an absent field everywhere,
 * because clients in languages without `undefined` send it.
 *
 * @module
 */
import { z } from "zod";

/** Characters that are kept of each kind of text. */
export const bounds = {
  /** An event's own id. */
  id: 128,
  /** Ids of users, sessions, traces and spans, and names. */
  name: 256,
  /** A property's name and value; what is longer is cut. */
  propertyName: 64,
  propertyValue: 512,
  properties: 50,
  tags: 50,
  tag: 200,
  message: 8_192,
} as const;

/** An optional field; `null` is as good as none. */
export const maybe = <T extends z.ZodType>(schema: T) => schema.nullish();

/** Text of 1 to 256 characters. */
export const nameSchema = z.string().min(1).max(bounds.name);

/** An event's own id: 1 to 128 characters, chosen by the client, the project's alone. */
export const idSchema = z.string().min(1).max(bounds.id);

const earliest = 0;
/** The end of 2254: later microseconds are no numbers that are exact. */
export const latest = Date.UTC(2255, 0, 1) - 1;
const timestampExpected =
  "must be an ISO 8601 time such as 2026-11-23T09:00:00.000Z, or milliseconds since 1970";

/**
 * A time: ISO 8601 (without an offset it is UTC), or milliseconds since 1970. Kept to the millisecond.
 */
export const timestampSchema = z.union(
  [z.iso.datetime({ offset: true, local: true, error: timestampExpected }), z.number()],
  { error: timestampExpected },
).refine((value) => {
  const ms = millisecondsOf(value);
  return ms >= earliest && ms <= latest;
}, timestampExpected);

/** Milliseconds since 1970 of a timestamp; NaN when it is none. */
export function millisecondsOf(value: string | number): number {
  if (typeof value === "number") return Math.trunc(value);
  // Without an offset `Date` would read local time.
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`);
}

/** A duration in milliseconds. */
export const durationSchema = z.number().min(0).max(1e12);

/** A count of tokens. */
export const tokensSchema = z.number().int().min(0).max(1e12);

const costExpected =
  'must be US dollars: a decimal string such as "0.0042", or a number, below 1000000';

/** US dollars: a decimal string with at most 12 digits after the point, or a number. */
export const costSchema = z.union([
  z.string().regex(/^\d{1,6}(\.\d{1,12})?$/, costExpected),
  z.number().min(0, costExpected).lt(1e6, costExpected),
], { error: costExpected });

/** Any JSON. */
export const jsonSchema = z.unknown();

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** Short facts to filter and group by: at most 50; values become text. */
export const propertiesSchema = z.record(z.string(), scalar).refine(
  (properties) => Object.keys(properties).length <= bounds.properties,
  `must have at most ${bounds.properties} entries`,
);

/** What failed. Text alone is the message. */
export const errorSchema = z.union([
  z.string(),
  z.looseObject({
    message: maybe(z.string()),
    /** The exception's class, or the provider's error type. */
    type: maybe(z.string()),
    code: maybe(z.union([z.string(), z.number()])),
    stack: maybe(z.string()),
    context: maybe(jsonSchema),
  }),
], { error: "must be text, or an object with message, type, code, stack, context" });

/** How it ended. `timeout` and `assertion_failed` are failures, `warning` is a success. */
export const outcomeSchema = z.enum(["success", "error", "timeout", "assertion_failed", "warning"]);

/** A tool call inside a `prompt_call`. Both naming styles are read. */
export const innerToolCallSchema = z.looseObject({
  tool_name: maybe(z.string()),
  name: maybe(z.string()),
  tool_id: maybe(z.string()),
  id: maybe(z.string()),
  /** The arguments: text or any JSON. */
  input: maybe(jsonSchema),
  arguments: maybe(jsonSchema),
  /** The tool's result. With it, or with `latency_ms`, the call also becomes a span of its own. */
  output: maybe(jsonSchema),
  latency_ms: maybe(durationSchema),
  status: maybe(outcomeSchema),
  error: maybe(errorSchema),
});
