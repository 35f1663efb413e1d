/**
 * Amazon Bedrock's InvokeModel: the body is whatever the model's maker defined, a stream's frames hold it
 * in base64, and the counts that Bedrock itself makes stand in headers or in the last frame.
 *
 * @module
 */
import { emptyBuckets, unknownUsage, type Usage } from "../../event/usage.ts";
import { rawHeader } from "../raw_headers.ts";
import { anthropic } from "./anthropic.ts";
import { bedrockConverse } from "./bedrock_converse.ts";
import { readError, readErrorBody } from "./error.ts";
import { type AnswerError, type AnswerReader, type Format, noFacts, usageOf } from "./format.ts";
import {
  count,
  countOrNull,
  fields,
  type JsonObject,
  object,
  objects,
  parseJson,
  text,
} from "../../json.ts";
import { openaiChat } from "./openai_chat.ts";
import { joinTexts } from "./text.ts";

export const bedrockInvoke: Format = {
  name: "bedrock-invoke",
  // The model and whether it streams stand in the path.
  request: () => ({ model: "", stream: false, user: null }),
  requestText(body) {
    const { inputText, prompt, messages } = fields(body);
    if (Array.isArray(messages)) return anthropic.requestText(body);
    return joinTexts([text(inputText) ?? "", text(prompt) ?? ""]);
  },
  answer: (keepText) => new InvokeReader(keepText),
  lastLines: [],
};

const metricsName = "amazon-bedrock-invocationMetrics";

class InvokeReader implements AnswerReader {
  readonly #keepText: boolean;
  #inner: AnswerReader | null = null;
  /** What Bedrock counted, for models that do not tell it themselves. */
  #counted: Usage | null = null;
  #error: AnswerError | null = null;

  constructor(keepText: boolean) {
    this.#keepText = keepText;
  }

  add(value: unknown): void {
    const body = object(value);
    if (!body) return;
    if (object(body.chunk)) return this.#add(invokedValue(body));
    for (const [name, event] of Object.entries(body)) {
      if (name.endsWith("Exception")) this.#error ??= readErrorBody(event);
    }
    this.#error ??= readError(body);
    this.#add(body);
  }

  addHeaders(raw: readonly string[]): void {
    this.#counted ??= countedIn(
      (name) => headerCount(raw, `x-amzn-bedrock-${name}-token-count`),
    );
  }

  #add(value: unknown): void {
    const body = object(value);
    if (!body) return;
    const metrics = object(body[metricsName]);
    if (metrics) this.#counted = countedIn((name) => countOrNull(metrics[metricNames[name]]));
    this.#inner ??= readerOf(body, this.#keepText);
    this.#inner.add(body);
  }

  facts() {
    const facts = this.#inner?.facts() ?? noFacts(unknownUsage());
    const known = facts.usage.source !== "none";
    return {
      ...facts,
      usage: known ? facts.usage : this.#counted ?? facts.usage,
      error: facts.error ?? this.#error,
    };
  }
}

/** What the model's maker wrote: the value itself, or what a stream's frame holds in base64. */
export function invokedValue(value: unknown): unknown {
  const chunk = object(fields(value).chunk);
  return chunk ? decoded(chunk.bytes) : value;
}

function decoded(base64: unknown): unknown {
  try {
    const bytes = Uint8Array.from(atob(String(base64)), (char) => char.charCodeAt(0));
    return parseJson(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** By the form of the first value; every maker's is unmistakable. */
function readerOf(body: JsonObject, keepText: boolean): AnswerReader {
  if (/^(?:message|content_block|ping|error)/.test(text(body.type) ?? "")) {
    return anthropic.answer(keepText);
  }
  if (Array.isArray(body.choices)) return openaiChat.answer(keepText);
  const converse = body.messageStart ?? body.contentBlockDelta ?? fields(body.output).message;
  return converse ? bedrockConverse.answer(keepText) : new PlainReader(keepText);
}

type CountName = "input" | "output" | "cache-read-input" | "cache-write-input";

const metricNames: Readonly<Record<CountName, string>> = {
  "input": "inputTokenCount",
  "output": "outputTokenCount",
  "cache-read-input": "cacheReadInputTokenCount",
  "cache-write-input": "cacheWriteInputTokenCount",
};

function countedIn(find: (name: CountName) => number | null): Usage | null {
  const input = find("input");
  if (input === null) return null;
  const buckets = emptyBuckets();
  buckets.input = input;
  buckets.output = find("output") ?? 0;
  buckets.cache_read = find("cache-read-input") ?? 0;
  buckets.cache_write = find("cache-write-input") ?? 0;
  return usageOf(buckets, null);
}

function headerCount(raw: readonly string[], name: string): number | null {
  const value = rawHeader(raw, name);
  return value === null ? null : countOrNull(Number(value));
}

/** Titan's, Llama's, Mistral's and Cohere's plain forms: a text, and counts beside it. */
class PlainReader implements AnswerReader {
  readonly #keepText: boolean;
  readonly #texts: string[] = [];
  #input: number | null = null;
  #output = 0;
  #finish: string | null = null;

  constructor(keepText: boolean) {
    this.#keepText = keepText;
  }

  add(value: unknown): void {
    const body = fields(value);
    const input = countOrNull(body.inputTextTokenCount) ?? countOrNull(body.prompt_token_count);
    this.#input = input ?? this.#input;
    this.#output = count(body.totalOutputTextTokenCount) || count(body.generation_token_count) ||
      this.#output;
    this.#part(body);
    for (const part of [...objects(body.results), ...objects(body.outputs)]) {
      this.#output += count(part.tokenCount);
      this.#part(part);
    }
  }

  #part(part: JsonObject): void {
    this.#finish = text(part.completionReason) ?? text(part.stop_reason) ??
      text(part.finish_reason) ?? this.#finish;
    if (!this.#keepText) return;
    this.#texts.push(text(part.outputText) ?? text(part.generation) ?? text(part.text) ?? "");
  }

  facts() {
    const buckets = emptyBuckets();
    buckets.input = this.#input ?? 0;
    buckets.output = this.#output;
    return {
      ...noFacts(this.#input === null ? unknownUsage() : usageOf(buckets, null)),
      finishReason: this.#finish,
      text: this.#texts.join(""),
      complete: this.#finish !== null,
    };
  }
}
