/**
 * Token counts out of attributes, as disjoint buckets. The conventions say that the input holds cached
 * tokens; older instrumentations of Anthropic count them beside it. Which one it was shows in the sums.
 *
 * @module
 */
import { unknownUsage, type Usage } from "../../event/usage.ts";
import { countOrNull, fields as fieldsOf, isCount, object } from "../../json.ts";
import { readUsage, usageOfWhole } from "../usage.ts";
import type { Field } from "./mapping.ts";
import { parsed, type Read } from "./read_attributes.ts";
import type { Value } from "./span.ts";

type Fields = ReadonlyMap<Field, Read>;

/** Unknown when the span tells no tokens. */
export function usageOfFields(fields: Fields): Usage {
  const details = fields.get("usage");
  if (details) {
    const usage = langfuseUsage(details.value);
    if (usage) return usage;
  }
  const provider = providerUsage(fields.get("provider_metadata")?.value ?? null);
  if (provider.whole) return provider.whole;
  const count = (field: Field) => countOf(fields.get(field)?.value ?? null);
  const cacheRead = count("tokens_cache_read") ?? provider.cacheRead;
  const cacheWrite = count("tokens_cache_write") ?? provider.cacheWrite;
  const total = count("tokens_total");
  const output = count("tokens_output");
  const input = count("tokens_input") ??
    (total !== null && output !== null && total >= output ? total - output : null);
  const reasoning = count("tokens_reasoning") ?? provider.reasoning;
  if (input === null && output === null && total === null) return unknownUsage();
  const cached = cacheRead + cacheWrite;
  const beside = cached > 0 && input !== null &&
    (provider.isBeside || isBeside(input, output ?? 0, cached, total));
  const reasoningBeside = reasoning > (output ?? 0) ||
    (reasoning > 0 && total !== null &&
      total === (input ?? 0) + (beside ? cached : 0) + (output ?? 0) + reasoning);
  return usageOfWhole({
    input: (input ?? 0) + (beside ? cached : 0),
    output: (output ?? 0) + (reasoningBeside ? reasoning : 0),
    cacheRead,
    cacheWrite,
    reasoning,
    total: beside && total === (input ?? 0) + (output ?? 0) ? null : total,
  });
}

interface ProviderUsage {
  /** The provider's own usage object, when it is there. */
  readonly whole: Usage | null;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly reasoning: number;
  /** The cached tokens are not counted in the input. */
  readonly isBeside: boolean;
}

/** The AI SDK's provider metadata: older versions tell of cached tokens there alone. */
function providerUsage(value: Value): ProviderUsage {
  const metadata = fieldsOf(typeof value === "string" ? parsed(value) : value);
  const anthropic = fieldsOf(metadata.anthropic);
  const openai = fieldsOf(metadata.openai);
  const own = object(anthropic.usage) ?? object(fieldsOf(metadata.google).usageMetadata);
  const whole = own && readUsage(own);
  const count = (one: unknown) => countOf(typeof one === "number" ? one : null) ?? 0;
  const cacheRead = count(anthropic.cacheReadInputTokens);
  const cacheWrite = count(anthropic.cacheCreationInputTokens);
  return {
    whole: whole && whole.source !== "none" ? whole : null,
    cacheRead: cacheRead + count(openai.cachedPromptTokens),
    cacheWrite,
    reasoning: count(openai.reasoningTokens),
    isBeside: cacheRead + cacheWrite > 0,
  };
}

/** Whether the cached tokens stand beside the input and not inside. */
function isBeside(input: number, output: number, cached: number, total: number | null): boolean {
  return cached > input || total === input + cached + output;
}

function countOf(value: Value): number | null {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return countOrNull(number);
}

/** Langfuse's `usage_details`: disjoint counts by name, or a provider's own object. */
function langfuseUsage(value: Value): Usage | null {
  const usage = object(typeof value === "string" ? parsed(value) : value);
  return usage && readLangfuseUsage(usage);
}

/** Names of Langfuse's that have a bucket of ours. */
const bucketed: ReadonlySet<string> = new Set([
  "input_tokens",
  "output_tokens",
  "input_cached_tokens",
  "input_cache_read",
  "input_cache_creation",
  "output_reasoning_tokens",
  "output_reasoning",
]);

/** `{input, output, total, cache_read_input_tokens, …}`; null when it holds no counts. */
export function readLangfuseUsage(usage: Readonly<Record<string, unknown>>): Usage | null {
  if (!("input" in usage) && !("output" in usage)) return readUsage(usage);
  const count = (...names: readonly string[]) => {
    for (const name of names) {
      const value = usage[name];
      if (isCount(value)) return value;
    }
    return 0;
  };
  const cacheRead = count("cache_read_input_tokens", "input_cached_tokens", "input_cache_read");
  const cacheWrite = count("cache_creation_input_tokens", "input_cache_creation");
  const reasoning = count("output_reasoning_tokens", "output_reasoning");
  const total = usage.total === undefined || usage.total === null ? null : count("total");
  const others = (side: "input" | "output") =>
    Object.keys(usage).filter((name) => name.startsWith(`${side}_`) && !bucketed.has(name))
      .reduce((sum, name) => sum + count(name), 0);
  return usageOfWhole({
    input: count("input") + cacheRead + cacheWrite + others("input"),
    output: count("output") + reasoning + others("output"),
    cacheRead,
    cacheWrite,
    reasoning,
    total,
  });
}
