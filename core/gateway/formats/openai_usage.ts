/**
 * Token usage in OpenAI's two dialects, as disjoint buckets. Both count cached and written tokens
 * inside the input, and reasoning inside the output.
 *
 * @module
 */
import { emptyBuckets, type Usage } from "../../event/usage.ts";
import { rest, usageOf } from "./format.ts";
import { count, countOrNull, fields, object } from "./json.ts";

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
  return { ...read, consistent: read.consistent && plain.ok && written.ok };
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
  return { ...read, consistent: read.consistent && plain.ok && written.ok };
}
