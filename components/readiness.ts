/**
 * How an installation stands for one project, as data that a page and its islands can be given.
 *
 * @module
 */
import { named } from "./named.ts";

/** ClickHouse as the projection last found it. */
export type ClickHouseState =
  | { readonly reachable: true }
  /** `since`: ISO UTC of the first failed attempt. */
  | { readonly reachable: false; readonly since: string };

export interface Readiness {
  /** Providers that have a key here, by their name in paths, e.g. `openai`. */
  readonly providers: readonly string[];
  /** Whether the log holds a call of this project, stored in ClickHouse or not. */
  readonly firstCallSeen: boolean;
  readonly clickhouse: ClickHouseState;
  /** Events that are in the log and not yet in ClickHouse. */
  readonly waiting: number;
  /** Milliseconds that the oldest of them has waited; 0 when none waits. */
  readonly lagMs: number;
  /** What retention has taken away from the project, as instants; absent when nothing. */
  readonly removed?: {
    readonly callsBefore: string | null;
    readonly bodiesBefore: string | null;
  };
}

const names: Readonly<Record<string, string>> = {
  openai: "OpenAI",
  anthropic: "Anthropic",
  google: "Gemini",
  gemini: "Gemini",
  vertex: "Vertex AI",
  azure: "Azure OpenAI",
  bedrock: "Bedrock",
  groq: "Groq",
  mistral: "Mistral",
  deepseek: "DeepSeek",
  openrouter: "OpenRouter",
  cohere: "Cohere",
  xai: "xAI",
  together: "Together",
  fireworks: "Fireworks",
  perplexity: "Perplexity",
  cerebras: "Cerebras",
  ollama: "Ollama",
  voyage: "Voyage",
  zai: "Z.ai",
  huggingface: "Hugging Face",
};

/** A provider's name as it writes itself; the path's name when it is not known here. */
export function providerName(provider: string): string {
  return named(names, provider) ?? provider;
}
