/**
 * Token usage in OpenAI's two dialects, as disjoint buckets. Both count cached and written tokens
 * inside the input, and reasoning inside the output.
 *
 * @module
 */
import { usdSchema } from "../../event/cost.ts";
import { emptyBuckets, type Usage } from "../../event/usage.ts";
import { decimal, exact } from "../../pricing/decimal.ts";
import { rest, usageOf } from "./format.ts";
import { count, countOrNull, fields, type JsonObject, object } from "../../json.ts";

/**
 * Usage of Chat Completions, Completions and Embeddings (`prompt_tokens`, `completion_tokens`), and
 * of the providers that speak it: Mistral (`num_cached_tokens`), DeepSeek
 * (`prompt_cache_hit_tokens`), Voyage (only `total_tokens`).
 *
 * xAI counts reasoning beside the completion, the others inside it; which one it was shows in the
 * total. Null when the value holds no usage.
 */
export function readChatUsage(value: unknown): Usage | null {
  const usage = object(value);
  if (!usage) return null;
  const reported = countOrNull(usage.total_tokens);
  const prompt = countOrNull(usage.prompt_tokens);
  if (prompt === null && reported === null) return null;

  const input = fields(usage.prompt_tokens_details);
  const output = fields(usage.completion_tokens_details);
  const completion = count(usage.completion_tokens);
  const promptTokens = prompt ?? rest(reported ?? 0, completion).value;
  const buckets = emptyBuckets();
  buckets.cache_read = count(input.cached_tokens) || count(usage.num_cached_tokens) ||
    count(usage.prompt_cache_hit_tokens) || count(usage.cached_tokens);
  buckets.cache_write = count(input.cache_write_tokens);
  buckets.input_audio = count(input.audio_tokens);
  buckets.input_image = count(input.image_tokens);
  const plain = rest(
    promptTokens,
    buckets.cache_read,
    buckets.cache_write,
    buckets.input_audio,
    buckets.input_image,
  );
  buckets.input = plain.value;

  buckets.reasoning = count(output.reasoning_tokens);
  buckets.output_audio = count(output.audio_tokens);
  const beside = buckets.reasoning > 0 && reported !== null &&
    reported === promptTokens + completion + buckets.reasoning;
  const written = rest(completion, beside ? 0 : buckets.reasoning, buckets.output_audio);
  buckets.output = written.value;

  const read = usageOf(buckets, reported);
  return { ...read, consistent: read.consistent && plain.ok && written.ok, ...longWrites(input) };
}

/** Of the written tokens those that are kept for 12 hours, when there are any. */
function longWrites(details: JsonObject): Pick<Usage, "cache_write_12h"> {
  const written = count(fields(details.cache_write_tokens_details).ttl_12h);
  return written > 0 ? { cache_write_12h: written } : {};
}

/**
 * What the provider says that the call cost, in US dollars: OpenRouter's `cost` (with what the
 * upstream provider charges to a key of one's own), Perplexity's `cost.total_cost`. Null when it says
 * nothing that is an amount.
 */
export function readProviderCost(value: unknown): string | null {
  const usage = fields(value);
  const stated = amount(usage.cost) ?? amount(fields(usage.cost).total_cost);
  if (stated === null) return null;
  const upstream = usage.is_byok === true
    ? amount(fields(usage.cost_details).upstream_inference_cost) ?? 0n
    : 0n;
  const usd = decimal(stated + upstream);
  return usdSchema.safeParse(usd).success ? usd : null;
}

/** A JSON number as the decimal that its digits say, in 10⁻¹². */
function amount(value: unknown): bigint | null {
  return typeof value === "number" && value >= 0 && value < 1_000_000 ? exact(value) : null;
}

/** Usage of the Responses API (`input_tokens`, `output_tokens`). Null when the value holds none. */
export function readResponsesUsage(value: unknown): Usage | null {
  const usage = object(value);
  if (!usage) return null;
  const inputTokens = countOrNull(usage.input_tokens);
  if (inputTokens === null) return null;
  const input = fields(usage.input_tokens_details);
  const output = fields(usage.output_tokens_details);
  const buckets = emptyBuckets();
  buckets.cache_read = count(input.cached_tokens);
  buckets.cache_write = count(input.cache_write_tokens);
  buckets.input_audio = count(input.audio_tokens);
  buckets.input_image = count(input.image_tokens);
  const plain = rest(
    inputTokens,
    buckets.cache_read,
    buckets.cache_write,
    buckets.input_audio,
    buckets.input_image,
  );
  buckets.input = plain.value;
  buckets.reasoning = count(output.reasoning_tokens);
  buckets.output_audio = count(output.audio_tokens);
  const written = rest(count(usage.output_tokens), buckets.reasoning, buckets.output_audio);
  buckets.output = written.value;
  const read = usageOf(buckets, countOrNull(usage.total_tokens));
  return { ...read, consistent: read.consistent && plain.ok && written.ok, ...longWrites(input) };
}
