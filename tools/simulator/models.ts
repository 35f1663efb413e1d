/**
 * The models that the simulator knows: which name an alias answers with, and how it behaves. Unknown
 * names are answered as they are, so that new models can be tried at once.
 *
 * @module
 */

export interface ModelTraits {
  /** The name in answers. */
  readonly answersAs: string;
  /** Tokens of reasoning when the request does not say; 0 for models that do not reason. */
  readonly reasoning: number;
  /** Reports what it wrote to the prompt cache (OpenAI since gpt-5.6). */
  readonly reportsCacheWrites: boolean;
}

const known: Readonly<Record<string, Partial<ModelTraits>>> = {
  "gpt-3.5-turbo": { answersAs: "gpt-3.5-turbo-0125" },
  "gpt-4o": { answersAs: "gpt-4o-2024-08-06" },
  "gpt-4o-mini": { answersAs: "gpt-4o-mini-2024-07-18" },
  "gpt-4.1": { answersAs: "gpt-4.1-2025-04-14" },
  "gpt-4.1-mini": { answersAs: "gpt-4.1-mini-2025-04-14" },
  "gpt-4.1-nano": { answersAs: "gpt-4.1-nano-2025-04-14" },
  "gpt-5": { answersAs: "gpt-5-2025-08-07", reasoning: 320 },
  "gpt-5-mini": { answersAs: "gpt-5-mini-2025-08-07", reasoning: 192 },
  "gpt-5-nano": { answersAs: "gpt-5-nano-2025-08-07", reasoning: 128 },
  "gpt-5.4": { answersAs: "gpt-5.4-2026-03-05" },
  "gpt-5.6": { answersAs: "gpt-5.6", reasoning: 128, reportsCacheWrites: true },
  "gpt-6-sol": { answersAs: "gpt-6-sol", reasoning: 256, reportsCacheWrites: true },
  "gpt-6-astra": { answersAs: "gpt-6-astra", reasoning: 192, reportsCacheWrites: true },
  "o3-mini": { answersAs: "o3-mini-2025-01-31", reasoning: 448 },
  "o4-mini": { answersAs: "o4-mini-2025-04-16", reasoning: 384 },
  "claude-sonnet-4-5": { answersAs: "claude-sonnet-4-5-20250929" },
  "claude-haiku-4-5": { answersAs: "claude-haiku-4-5-20251001" },
  "claude-opus-4-1": { answersAs: "claude-opus-4-1-20250805" },
  "claude-3-5-haiku-latest": { answersAs: "claude-3-5-haiku-20241022" },
  "gemini-2.5-pro": { reasoning: 288 },
  "gemini-2.5-flash": { reasoning: 96 },
  "gemini-3-pro-preview": { reasoning: 352 },
  "gemini-3-flash-preview": { reasoning: 128 },
  "deepseek-reasoner": { reasoning: 416 },
};

/** How a model behaves. */
export function traitsOf(model: string): ModelTraits {
  return { answersAs: model, reasoning: 0, reportsCacheWrites: false, ...known[model] };
}

/** Names for the providers' model lists. */
export function modelNames(prefix: RegExp): string[] {
  return Object.keys(known).filter((name) => prefix.test(name));
}
