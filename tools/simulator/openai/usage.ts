/**
 * Counts an OpenAI call: the bill's buckets on one side, the `usage` object on the other.
 *
 * @module
 */
import { emptyBuckets, inputTokens, type UsageBuckets } from "@/core/event/usage.ts";
import type { Prompt } from "../prompt.ts";
import type { WireCall } from "../reply.ts";

/** The input part of the bill. */
export function countInput(call: WireCall, prompt: Prompt): UsageBuckets {
  const { fresh, read, written5m } = call.cache.automatic(call.cacheScope, prompt.blocks);
  return call.traits.reportsCacheWrites
    ? { ...emptyBuckets(), input: fresh, cache_read: read, cache_write: written5m }
    : { ...emptyBuckets(), input: fresh + written5m, cache_read: read };
}

/** Tokens of reasoning; they come in steps of 64, and only some models have any. */
export function reasoningTokens(call: WireCall, prompt: Prompt): number {
  if (call.traits.reasoning === 0) return 0;
  const wanted = prompt.reasoning ?? call.traits.reasoning * (0.5 + call.random.next());
  return Math.round(wanted / 64) * 64;
}

export function chatUsage(input: UsageBuckets, output: number, reasoning: number) {
  const prompt = inputTokens(input);
  return {
    prompt_tokens: prompt,
    completion_tokens: output + reasoning,
    total_tokens: prompt + output + reasoning,
    prompt_tokens_details: {
      cached_tokens: input.cache_read,
      audio_tokens: 0,
      ...(input.cache_write > 0 && { cache_write_tokens: input.cache_write }),
    },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

export function responsesUsage(input: UsageBuckets, output: number, reasoning: number) {
  const prompt = inputTokens(input);
  return {
    input_tokens: prompt,
    input_tokens_details: {
      cached_tokens: input.cache_read,
      ...(input.cache_write > 0 && {
        cache_write_tokens: input.cache_write,
        cache_write_tokens_details: { ttl_30m: input.cache_write, ttl_12h: 0 },
      }),
    },
    output_tokens: output + reasoning,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: prompt + output + reasoning,
  };
}
