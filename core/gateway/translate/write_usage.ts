/**
 * Usage in each provider's counting.
 *
 * @module
 */
import { cacheWriteTokens, inputTokens, outputTokens, type Usage } from "../../event/usage.ts";

/** OpenAI counts everything inside input and output. */
export function openaiUsage({ buckets }: Usage) {
  const [prompt, completion] = [inputTokens(buckets), outputTokens(buckets)];
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: buckets.cache_read,
      ...(cacheWriteTokens(buckets) > 0 && { cache_write_tokens: cacheWriteTokens(buckets) }),
      audio_tokens: buckets.input_audio,
    },
    completion_tokens_details: {
      reasoning_tokens: buckets.reasoning,
      audio_tokens: buckets.output_audio,
    },
  };
}

/** Anthropic counts what the cache gave or took beside the input. */
export function anthropicUsage({ buckets }: Usage) {
  return {
    input_tokens: inputTokens(buckets) - buckets.cache_read - cacheWriteTokens(buckets),
    cache_creation_input_tokens: cacheWriteTokens(buckets),
    cache_read_input_tokens: buckets.cache_read,
    output_tokens: outputTokens(buckets),
    ...(buckets.reasoning > 0 && {
      output_tokens_details: { thinking_tokens: buckets.reasoning },
    }),
  };
}

/** Gemini counts thoughts beside the candidates. */
export function geminiUsage({ buckets }: Usage) {
  const [prompt, output] = [inputTokens(buckets), outputTokens(buckets)];
  return {
    promptTokenCount: prompt,
    ...(buckets.cache_read > 0 && { cachedContentTokenCount: buckets.cache_read }),
    candidatesTokenCount: output - buckets.reasoning,
    ...(buckets.reasoning > 0 && { thoughtsTokenCount: buckets.reasoning }),
    totalTokenCount: prompt + output,
  };
}
