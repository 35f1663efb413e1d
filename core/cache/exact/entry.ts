/**
 * A stored answer with what must be known to give it again: its form, its facts for the event, and what
 * it can be found and removed by.
 *
 * @module
 */
import { z } from "zod";
import { toolCallSchema } from "../../event/call.ts";
import { usdSchema } from "../../event/cost.ts";
import { usageSchema } from "../../event/usage.ts";
import type { FormatName } from "../../gateway/formats/format.ts";

/** What the event of a hit says of the answer, as it was read when it came. */
const answerFactsSchema = z.object({
  response_model: z.string().nullable(),
  response_id: z.string().nullable(),
  finish_reason: z.string().nullable(),
  tool_calls: z.array(toolCallSchema),
  usage: usageSchema,
  service_tier: z.string().nullable(),
  /** What the answer cost when it was bought; null when no price was known. */
  cost_usd: usdSchema.nullable(),
  /** How long the client had to wait for it. */
  latency_ms: z.number().nonnegative(),
});
export type StoredFacts = z.infer<typeof answerFactsSchema>;

/** Everything of an entry but its bytes. */
const entryHeadSchema = z.object({
  v: z.literal(1),
  /** The event of the call that bought the answer. */
  id: z.string(),
  /** Whose call that was; absent in what earlier releases stored. */
  user_id: z.string().nullable().optional(),
  project: z.string(),
  /** The key, hex. */
  key: z.string().length(64),
  components: z.record(z.string(), z.string()),
  /** Milliseconds since 1970. */
  at: z.number(),
  /** Inside the value, because the store's own expiry may be a minute late. */
  expiresAt: z.number(),
  format: z.string(),
  /** Hash of what the answer repeats of its request; absent when nothing, or in earlier releases. */
  echo: z.string().optional(),
  form: z.enum(["json", "sse"]),
  contentType: z.string(),
  /** Of a stream: in turn, milliseconds since its first byte and the offset that was reached then. */
  timing: z.array(z.number()),
  facts: answerFactsSchema,
  provider: z.string(),
  endpoint: z.string(),
  model: z.string(),
  namespace: z.string(),
  properties: z.record(z.string(), z.string()),
  /** The beginning of the last user turn, for people who search and for removing by prefix. */
  preview: z.string(),
  size: z.number().int().nonnegative(),
});
type StoredHead = z.infer<typeof entryHeadSchema>;

export interface EntryHead extends Omit<StoredHead, "format"> {
  readonly format: FormatName;
}

export interface Entry {
  readonly head: EntryHead;
  /** The provider's answer, not compressed. */
  readonly bytes: Uint8Array;
}

/** How the value in the store begins: the bytes stand in it, or beside it in chunks. */
export const storedEntrySchema = z.object({
  head: entryHeadSchema,
  bytes: z.instanceof(Uint8Array).nullable(),
  /** SHA-256 of the bytes, hex. */
  sha256: z.string().length(64),
  packed: z.enum(["deflate", "identity"]),
  chunks: z.number().int().nonnegative(),
});
export type StoredEntry = z.infer<typeof storedEntrySchema>;

/** What a list shows of an entry. */
export const entrySummarySchema = entryHeadSchema.pick({
  id: true,
  user_id: true,
  key: true,
  at: true,
  expiresAt: true,
  provider: true,
  endpoint: true,
  model: true,
  namespace: true,
  properties: true,
  preview: true,
  size: true,
  form: true,
}).extend({ cost_usd: usdSchema.nullable() });
export type EntrySummary = z.infer<typeof entrySummarySchema>;

/** What people see of an entry; neither its request nor its answer but the preview. */
export function summaryOf({ head }: Entry): EntrySummary {
  const { id, key, at, expiresAt, provider, endpoint, model, namespace, properties } = head;
  const { user_id, preview, size, form, facts: { cost_usd } } = head;
  return {
    id,
    user_id,
    key,
    at,
    expiresAt,
    provider,
    endpoint,
    model,
    namespace,
    properties,
    preview,
    size,
    form,
    cost_usd,
  };
}
