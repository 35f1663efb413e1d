/**
 * Token counts as clients send them, as disjoint buckets.
 *
 * @module
 */
import { emptyBuckets, unknownUsage, type Usage } from "../event/usage.ts";
import { readAnthropicUsage } from "../gateway/formats/anthropic.ts";
import { rest, usageOf } from "../gateway/formats/format.ts";
import { count, countOrNull, fields, type JsonObject } from "../json.ts";
import { readChatUsage, readResponsesUsage } from "../gateway/formats/openai_usage.ts";
import { formats } from "../gateway/formats/table.ts";

/** Whole counts: the input holds what was read from and written to the cache, the output reasoning. */
export interface WholeCounts {
  readonly input: number | null;
  readonly output: number | null;
  readonly cacheRead?: number | null;
  readonly cacheWrite?: number | null;
  readonly reasoning?: number | null;
  readonly total?: number | null;
}

/** Buckets out of whole counts; parts that exceed their whole flag the usage, and are kept. */
export function usageOfWhole(counts: WholeCounts): Usage {
  const { input, output } = counts;
  const parts = [counts.cacheRead, counts.cacheWrite, counts.reasoning];
  if (input === null && output === null && parts.every((part) => !part)) return unknownUsage();
  const buckets = emptyBuckets();
  buckets.cache_read = counts.cacheRead ?? 0;
  buckets.cache_write = counts.cacheWrite ?? 0;
  buckets.reasoning = counts.reasoning ?? 0;
  const plain = rest(input ?? 0, buckets.cache_read, buckets.cache_write);
  const written = rest(output ?? 0, buckets.reasoning);
  buckets.input = plain.value;
  buckets.output = written.value;
  const usage = usageOf(buckets, counts.total ?? null);
  return { ...usage, consistent: usage.consistent && plain.ok && written.ok };
}

/**
 * A provider's own usage object, told by its fields. Null when none of the known shapes fits.
 */
export function readUsage(usage: JsonObject): Usage | null {
  if ("prompt_tokens" in usage || "completion_tokens" in usage) {
    return readChatUsage({ prompt_tokens: 0, ...usage });
  }
  if ("promptTokenCount" in usage || "candidatesTokenCount" in usage) {
    const reader = formats.gemini.answer(false);
    reader.add({ usageMetadata: usage });
    return reader.facts().usage;
  }
  if ("input_tokens" in usage || "output_tokens" in usage) {
    // Anthropic counts what the cache holds beside the input, OpenAI's Responses inside it.
    return isAnthropic(usage)
      ? readAnthropicUsage(usage)
      : readResponsesUsage({ input_tokens: 0, ...usage });
  }
  if ("inputTokens" in usage || "outputTokens" in usage) return readCamelUsage(usage);
  if ("promptTokens" in usage || "completionTokens" in usage) {
    return usageOfWhole({
      input: countOrNull(usage.promptTokens),
      output: countOrNull(usage.completionTokens),
    });
  }
  if (countOrNull(usage.total_tokens) !== null) return readChatUsage(usage);
  return null;
}

function isAnthropic(usage: JsonObject): boolean {
  return "cache_read_input_tokens" in usage || "cache_creation_input_tokens" in usage ||
    "cache_creation" in usage || "server_tool_use" in usage ||
    (!("input_tokens_details" in usage) && !("total_tokens" in usage));
}

/** Bedrock's and the Vercel AI SDK's: both write camel case, and differ in what input means. */
function readCamelUsage(usage: JsonObject): Usage {
  const isBedrock = "cacheReadInputTokens" in usage || "cacheWriteInputTokens" in usage;
  const cacheRead = count(usage.cacheReadInputTokens) || count(usage.cachedInputTokens) ||
    count(fields(usage.inputTokenDetails).cacheReadTokens);
  const cacheWrite = count(usage.cacheWriteInputTokens) ||
    count(fields(usage.inputTokenDetails).cacheWriteTokens);
  const input = countOrNull(usage.inputTokens);
  return usageOfWhole({
    input: isBedrock ? (input ?? 0) + cacheRead + cacheWrite : input,
    output: countOrNull(usage.outputTokens),
    cacheRead,
    cacheWrite,
    reasoning: count(usage.reasoningTokens) ||
      count(fields(usage.outputTokenDetails).reasoningTokens),
    total: countOrNull(usage.totalTokens),
  });
}
