/**
 * A request in no provider's form: what the three formats say, once. Readers fill it in, refusing what
 * it has no place for; writers print it, refusing what their format has no place for.
 *
 * @module
 */
import type { JsonObject } from "../../json.ts";

/** The wire formats that are translated into each other. */
export type Dialect = "openai-chat" | "anthropic" | "gemini";

/** How long a prompt's beginning is to be kept in the provider's cache. */
export type CacheHint = "5m" | "1h";

interface Placed {
  /** Where it stands in the client's body, for errors: `messages[2].content[0]`. */
  readonly at: string;
}

export interface TextPart extends Placed {
  readonly kind: "text";
  readonly text: string;
  readonly cache?: CacheHint;
}

/** An image, a document, a recording. */
export interface MediaPart extends Placed {
  readonly kind: "media";
  /** `image/png`; null for a URL whose type nobody told. */
  readonly mediaType: string | null;
  readonly source: { readonly base64: string } | { readonly url: string };
  readonly name?: string;
  readonly cache?: CacheHint;
}

export interface ToolCallPart extends Placed {
  readonly kind: "tool_call";
  readonly id: string;
  readonly name: string;
  readonly args: JsonObject;
  /** Of Google's models: proves the thought behind the call. */
  readonly signature?: string;
  readonly cache?: CacheHint;
}

export interface ToolResultPart extends Placed {
  readonly kind: "tool_result";
  readonly id: string;
  /** Of the tool; from the call with that id when the format does not repeat it. */
  readonly name: string;
  readonly content: readonly (TextPart | MediaPart)[];
  readonly failed: boolean;
  readonly cache?: CacheHint;
}

/** Earlier reasoning that the client sends back. */
export interface ReasoningPart extends Placed {
  readonly kind: "reasoning";
  readonly text: string;
  readonly signature: string | null;
  /** Reasoning that only its maker can read stands in `data`, without text. */
  readonly data: string | null;
  /** Whose models can check it. */
  readonly maker: "anthropic" | "google" | "other";
}

export type RequestPart =
  | TextPart
  | MediaPart
  | ToolCallPart
  | ToolResultPart
  | ReasoningPart;

export interface Turn extends Placed {
  readonly role: "system" | "user" | "assistant";
  readonly parts: readonly RequestPart[];
}

export interface Tool extends Placed {
  readonly name: string;
  readonly description: string | null;
  /** JSON Schema; null for a tool without parameters. */
  readonly parameters: JsonObject | null;
  /** Whether arguments must follow the schema. */
  readonly strict: boolean;
  readonly cache?: CacheHint;
}

export type ToolChoice =
  | { readonly mode: "auto" | "none" | "any" }
  | { readonly mode: "one"; readonly name: string }
  | { readonly mode: "some"; readonly names: readonly string[]; readonly must: boolean };

export interface OutputSchema {
  readonly name: string | null;
  readonly description: string | null;
  readonly schema: JsonObject;
}

export type Effort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";

export interface Reasoning {
  readonly effort: Effort | null;
  /** In tokens. */
  readonly budget: number | null;
  /** Whether the model decides. */
  readonly adaptive: boolean;
  /** Whether the answer is to show it; null for the provider's default. */
  readonly shown: boolean | null;
}

export interface NeutralRequest {
  /** The system's instructions before the first turn. */
  readonly system: readonly TextPart[];
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice | null;
  /** Null for the provider's default. */
  readonly parallelTools: boolean | null;
  readonly maxTokens: number | null;
  readonly temperature: number | null;
  readonly topP: number | null;
  readonly topK: number | null;
  readonly seed: number | null;
  readonly presencePenalty: number | null;
  readonly frequencyPenalty: number | null;
  readonly stop: readonly string[];
  readonly output: { readonly kind: "json" } | ({ readonly kind: "schema" } & OutputSchema) | null;
  readonly reasoning: Reasoning | null;
  readonly user: string | null;
  readonly stream: boolean;
  /** Whether a stream is to tell its usage (OpenAI's clients ask for it). */
  readonly streamUsage: boolean;
}
