/**
 * A reading of recorded usage for the expectation alone. It is written straight from the providers'
 * documentation, on another plan than the product's readers, which it must not import.
 *
 * @module
 */

export interface Expected {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  reasoning: number;
}

// deno-lint-ignore no-explicit-any -- recorded JSON of many providers, read once and for tests only
type Any = any;

/** Every JSON value of a body: the body itself, or the data of each event. */
function values(body: string): Any[] {
  try {
    const whole = JSON.parse(body);
    return Array.isArray(whole) ? whole : [whole];
  } catch {
    return body.split(/\r?\n\r?\n/).flatMap((block) => {
      const data = block.split(/\r?\n/).filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(5)).join("\n");
      try {
        return [JSON.parse(data)];
      } catch {
        return [];
      }
    });
  }
}

/** What the answer reports, or null when it reports nothing. Totals, as each provider defines them. */
export function recordedUsage(path: string, body: string): Expected | null {
  const all = values(body);
  if (/count_?tokens|input_tokens$|\/models$/i.test(path)) return null;
  if (/:(stream)?generateContent|embedContent|batchEmbedContents/i.test(path)) return google(all);
  if (/\/messages/.test(path)) return messages(all);
  if (/\/converse/.test(path)) return converse(all);
  if (/\/responses/.test(path)) return responses(all);
  if (/\/v2\/chat$/.test(path)) return cohere(all);
  return completions(all);
}

function google(all: Any[]): Expected | null {
  const usage = all.map((one) => one.usageMetadata).filter(Boolean).at(-1);
  if (!usage || (usage.promptTokenCount ?? usage.totalTokenCount) === undefined) return null;
  return {
    input: (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0),
    output: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
    cacheRead: usage.cachedContentTokenCount ?? 0,
    cacheWrite: 0,
    reasoning: usage.thoughtsTokenCount ?? 0,
  };
}

function messages(all: Any[]): Expected | null {
  const usage: Any = {};
  for (const one of all) {
    const part = one.type === "message_start" ? one.message?.usage : one.usage;
    for (const [name, value] of Object.entries(part ?? {})) {
      if (value !== null) usage[name] = value;
    }
  }
  if (usage.output_tokens === undefined) return null;
  const charged = [
    usage,
    ...(usage.iterations ?? []).filter((step: Any) => step.type === "compaction"),
  ];
  const sum = (name: string) => charged.reduce((total, step) => total + (step[name] ?? 0), 0);
  const cacheRead = sum("cache_read_input_tokens");
  const cacheWrite = sum("cache_creation_input_tokens");
  return {
    input: sum("input_tokens") + cacheRead + cacheWrite,
    output: sum("output_tokens"),
    cacheRead,
    cacheWrite,
    reasoning: usage.output_tokens_details?.thinking_tokens ?? 0,
  };
}

function responses(all: Any[]): Expected | null {
  const usage = all.map((one) => one.response?.usage ?? one.usage).filter(Boolean).at(-1);
  if (!usage) return null;
  return {
    input: usage.input_tokens,
    output: usage.output_tokens,
    cacheRead: usage.input_tokens_details?.cached_tokens ?? 0,
    cacheWrite: usage.input_tokens_details?.cache_write_tokens ?? 0,
    reasoning: usage.output_tokens_details?.reasoning_tokens ?? 0,
  };
}

function completions(all: Any[]): Expected | null {
  const usage = all.map((one) => one.usage ?? one.x_groq?.usage).filter(Boolean).at(-1);
  if (!usage) return null;
  const reasoning = usage.completion_tokens_details?.reasoning_tokens ?? 0;
  const completion = usage.completion_tokens ?? 0;
  const beside = reasoning > 0 &&
    usage.total_tokens === usage.prompt_tokens + completion + reasoning;
  return {
    input: usage.prompt_tokens ?? usage.total_tokens,
    output: completion + (beside ? reasoning : 0),
    cacheRead: usage.prompt_tokens_details?.cached_tokens ?? usage.num_cached_tokens ??
      usage.cached_tokens ?? 0,
    cacheWrite: usage.prompt_tokens_details?.cache_write_tokens ?? 0,
    reasoning,
  };
}

function converse(all: Any[]): Expected | null {
  const usage = all[0]?.usage;
  if (!usage) return null;
  const cacheRead = usage.cacheReadInputTokens ?? 0;
  const cacheWrite = usage.cacheWriteInputTokens ?? 0;
  return {
    input: usage.inputTokens + cacheRead + cacheWrite,
    output: usage.outputTokens,
    cacheRead,
    cacheWrite,
    reasoning: 0,
  };
}

function cohere(all: Any[]): Expected | null {
  const billed = all[0]?.usage?.billed_units;
  if (!billed) return null;
  return {
    input: billed.input_tokens,
    output: billed.output_tokens,
    cacheRead: 0,
    cacheWrite: 0,
    reasoning: 0,
  };
}
