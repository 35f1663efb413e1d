/**
 * What a wire format is: how a provider's request and answer are read. Readers are pure and total:
 * the gateway uses them for the call's event, the projection for the text that search indexes.
 *
 * @module
 */
import type { ToolCall } from "../../event/call.ts";
import { inputTokens, outputTokens, type Usage, type UsageBuckets } from "../../event/usage.ts";
import type { OnlyText } from "./text_events.ts";

export type FormatName =
  | "openai-chat"
  | "openai-responses"
  | "openai-stored-response"
  | "openai-embeddings"
  | "openai-images"
  | "openai-audio"
  | "anthropic"
  | "gemini"
  | "bedrock-converse"
  | "bedrock-invoke"
  | "cohere"
  | "ollama"
  | "opaque";

/** What a request's body says of the call. */
export interface RequestFacts {
  /** The model as the client wrote it; empty when the body names none. */
  readonly model: string;
  /** Whether the client asked for a stream. */
  readonly stream: boolean;
  /** The end user that the body names, when it does. */
  readonly user: string | null;
}

/** An error as the provider reported it. */
export interface AnswerError {
  readonly code: string;
  readonly message: string;
}

/** What an answer says, as far as it went. */
export interface AnswerFacts {
  readonly responseModel: string | null;
  readonly responseId: string | null;
  readonly usage: Usage;
  readonly finishReason: string | null;
  /** Where one request has several answers: how each ended, null for one that does not say. */
  readonly finishReasons?: readonly (string | null)[];
  /** Whether the model refused, where that is not the finish reason (OpenAI). */
  readonly refused?: boolean;
  /** The answer's text, reasoning excluded; empty when text was not asked for. */
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly error: AnswerError | null;
  /** The service tier that the provider says it used, e.g. `flex`. */
  readonly tier: string | null;
  /** The speed that the provider says it answered with (Anthropic). */
  readonly speed?: string | null;
  /** Where the provider says that the answer was made (Anthropic). */
  readonly geo?: string | null;
  /** What the provider says that the call cost, in US dollars as a decimal string (OpenRouter). */
  readonly providerCost?: string | null;
  /** Whether the answer is whole: a JSON body, or a stream whose last event was seen. */
  readonly complete: boolean;
}

/** Takes an answer's JSON values in order: one for a JSON body, one for each event of a stream. */
export interface AnswerReader {
  add(value: unknown): void;
  /** Takes the answer's headers, names and values in turn, where they tell something too. */
  addHeaders?(raw: readonly string[]): void;
  facts(): AnswerFacts;
}

export interface Format {
  readonly name: FormatName;
  request(body: unknown): RequestFacts;
  /** The prompt's text, for search. */
  requestText(body: unknown): string;
  /** A fresh reader. Without `keepText` the reader leaves `text` empty and saves the copying. */
  answer(keepText: boolean): AnswerReader;
  /** What the line begins with that tells a stream's last event, without the line's end. */
  readonly lastLines: readonly string[];
  /** Tells events of a stream that a reader without `keepText` need not see; without it, it sees all. */
  readonly onlyText?: OnlyText;
}

/** Usage from disjoint buckets and the provider's own total, when it gives one. */
export function usageOf(buckets: UsageBuckets, reportedTotal: number | null): Usage {
  const sum = inputTokens(buckets) + outputTokens(buckets);
  return {
    buckets,
    source: "provider",
    reported_total: reportedTotal,
    consistent: reportedTotal === null || reportedTotal === sum,
  };
}

/**
 * `total` less its named parts. A provider whose parts exceed the total contradicts itself: the rest
 * is 0 and the usage is flagged through `consistent`.
 */
export function rest(total: number, ...parts: readonly number[]): { value: number; ok: boolean } {
  const value = parts.reduce((left, part) => left - part, total);
  return value < 0 ? { value: 0, ok: false } : { value, ok: true };
}

/** Facts of an answer that says nothing that we can read. */
export function noFacts(usage: Usage, complete = false): AnswerFacts {
  return {
    responseModel: null,
    responseId: null,
    usage,
    finishReason: null,
    text: "",
    toolCalls: [],
    error: null,
    tier: null,
    complete,
  };
}
