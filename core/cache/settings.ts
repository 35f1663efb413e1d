/**
 * What a project may set about its cache: the section `cache` of its settings. `{}` gives what a project
 * has that changed nothing.
 *
 * @module
 */
import { z } from "zod";
import type { Section } from "../settings/settings.ts";

const seconds = z.number().int().min(1).max(365 * 86_400);

/** What finds a similar question. */
const embedderSchema = z.discriminatedUnion("kind", [
  /** The matcher that is built in: English, no network, right when it says yes. */
  z.strictObject({ kind: z.literal("embedded") }),
  /** One of the gateway's providers, called with the key that the gateway has for it. */
  z.strictObject({
    kind: z.literal("provider"),
    provider: z.string().min(1).max(64).default("openai"),
    model: z.string().min(1).max(256).default("text-embedding-3-small"),
    /** Shorter vectors are searched faster, where the model can make them. */
    dimensions: z.number().int().min(8).max(4_096).default(256),
  }),
  /** Any server that speaks OpenAI's `/v1/embeddings`: Ollama, vLLM and others. */
  z.strictObject({
    kind: z.literal("http"),
    /** Up to and including `/v1`. */
    base_url: z.url({ protocol: /^https?$/, error: "must be an http or https address" }).max(2_048),
    model: z.string().min(1).max(256),
    dimensions: z.number().int().min(8).max(4_096).optional(),
  }),
  /** A sentence model on the gateway's machine. The operator names its files; projects know its name. */
  z.strictObject({
    kind: z.literal("onnx"),
    model: z.string().regex(/^[a-z0-9_]{1,64}$/, "must be the name of a model, e.g. minilm"),
  }),
]);
export type EmbedderSettings = z.infer<typeof embedderSchema>;

export const semanticSettingsSchema = z.strictObject({
  /** `shadow` measures and never serves; `serve` serves once the outcomes have earned it. */
  mode: z.enum(["off", "shadow", "serve"]).default("off"),
  /** The highest share of wrong answers among served ones. */
  error_target: z.number().min(0.001).max(0.4).default(0.05),
  /** The share of servable hits that is verified instead, for ever. */
  verify_share: z.number().min(0.01).max(1).default(0.05),
  ttl_seconds: seconds.default(86_400),
  /** Requests that are left out unless the project says otherwise. */
  allow: z.strictObject({
    tool_results: z.boolean().default(false),
    images: z.boolean().default(false),
    marked_pii: z.boolean().default(false),
  }).prefault({}),
  embedder: embedderSchema.prefault({ kind: "embedded" }),
  /** How long a call waits for a lookup, in milliseconds; then the provider is called. */
  timeout_ms: z.number().int().min(1).max(10_000).default(1_000),
});

export const cacheSettingsSchema = z.strictObject({
  /** Whether requests are answered from the exact cache without asking for it by header. */
  enabled: z.boolean().default(true),
  /** `zero`: embeddings and requests with `temperature: 0`. `any`: all requests. */
  temperature: z.enum(["zero", "any"]).default("zero"),
  ttl_seconds: seconds.default(86_400),
  /** Whether identical requests at one time make one call. */
  coalesce: z.boolean().default(true),
  /** How a stored stream is given again: at once, or with the pauses it was recorded with. */
  replay: z.enum(["at_once", "recorded"]).default("at_once"),
  /** Divides the cache; part of every key. */
  namespace: z.string().max(256).default(""),
  /** Paths that keys leave out, such as `metadata.timestamp` or `messages[*].name`. */
  ignore: z.array(z.string().min(1).max(256)).max(50).default([]),
  /** A larger answer is not kept. */
  max_entry_bytes: z.number().int().min(1_024).max(10 * 1024 * 1024).default(1024 * 1024),
  /** Whether answers that were cut at their limit of tokens are kept too. */
  keep_truncated: z.boolean().default(false),
  /** How long a call waits for the store, in milliseconds; then the provider is called. */
  lookup_timeout_ms: z.number().int().min(1).max(1_000).default(100),
  semantic: semanticSettingsSchema.prefault({}),
});

export type CacheSettings = z.infer<typeof cacheSettingsSchema>;

export const cacheSection: Section<CacheSettings> = {
  name: "cache",
  schema: cacheSettingsSchema,
};
