/**
 * Google's generateContent and streamGenerateContent, on Gemini and on Vertex. Each chunk of a
 * stream has the shape of a whole answer; the last usage counts.
 *
 * @module
 */
import type { ToolCall } from "../../event/call.ts";
import { emptyBuckets, unknownUsage, type Usage } from "../../event/usage.ts";
import { readError } from "./error.ts";
import {
  type AnswerError,
  type AnswerFacts,
  type AnswerReader,
  type Format,
  rest,
  usageOf,
} from "./format.ts";
import {
  argumentsText,
  count,
  countOrNull,
  fields,
  type JsonObject,
  object,
  objects,
  text,
} from "../../json.ts";
import { contentText, joinTexts } from "./text.ts";

export const gemini: Format = {
  name: "gemini",
  // The model and whether it streams stand in the path.
  request(body) {
    return {
      model: (text(fields(body).model) ?? "").replace(/^models\//, ""),
      stream: false,
      user: null,
    };
  },
  requestText,
  answer: (keepText) => new GeminiReader(keepText),
  lastLines: [],
};

function requestText(body: unknown): string {
  const { systemInstruction, system_instruction, contents, content, requests } = fields(body);
  return joinTexts([
    partsText(systemInstruction ?? system_instruction),
    ...objects(contents).map(partsText),
    partsText(content),
    ...objects(requests).map((request) => partsText(request.content)),
  ]);
}

function partsText(content: unknown): string {
  return contentText(fields(content).parts);
}

/**
 * `usageMetadata` as disjoint buckets. The prompt's count includes cached tokens and excludes what
 * server-side tools added; thoughts come beside the candidates. Null when there are no counts.
 */
export function readGeminiUsage(value: unknown): Usage | null {
  const usage = object(value);
  if (!usage) return null;
  const prompt = countOrNull(usage.promptTokenCount);
  const reported = countOrNull(usage.totalTokenCount);
  if (prompt === null && reported === null) return null;
  const buckets = emptyBuckets();
  buckets.cache_read = count(usage.cachedContentTokenCount);
  buckets.input_audio = uncached(usage, "AUDIO");
  buckets.input_image = uncached(usage, "IMAGE");
  const plain = rest(prompt ?? 0, buckets.cache_read, buckets.input_audio, buckets.input_image);
  buckets.input = plain.value + count(usage.toolUsePromptTokenCount);
  buckets.reasoning = count(usage.thoughtsTokenCount);
  buckets.output_audio = modality(usage.candidatesTokensDetails, "AUDIO");
  const written = rest(
    count(usage.candidatesTokenCount ?? usage.responseTokenCount),
    buckets.output_audio,
  );
  buckets.output = written.value;
  const read = usageOf(buckets, reported);
  return { ...read, consistent: read.consistent && plain.ok && written.ok };
}

/** Tokens of a modality that were not read from the cache. */
function uncached(usage: JsonObject, name: string): number {
  const cached = modality(usage.cacheTokensDetails, name);
  return rest(modality(usage.promptTokensDetails, name), cached).value;
}

function modality(details: unknown, name: string): number {
  return objects(details)
    .filter((detail) => detail.modality === name)
    .reduce((sum, detail) => sum + count(detail.tokenCount), 0);
}

class GeminiReader implements AnswerReader {
  #model: string | null = null;
  #id: string | null = null;
  #usage: Usage | null = null;
  #finish: string | null = null;
  readonly #finishes = new Map<unknown, string | null>();
  #error: AnswerError | null = null;
  #tier: string | null = null;
  readonly #texts: string[] = [];
  readonly #calls: ToolCall[] = [];
  readonly #keepText: boolean;

  constructor(keepText: boolean) {
    this.#keepText = keepText;
  }

  add(value: unknown): void {
    const body = object(value);
    if (!body) return;
    if (body.error) this.#error ??= readError(body);
    this.#model = text(body.modelVersion) ?? this.#model;
    this.#id = text(body.responseId) ?? this.#id;
    const metadata = fields(body.usageMetadata);
    this.#usage = readGeminiUsage(metadata) ?? this.#usage;
    this.#tier = text(metadata.serviceTier) ?? text(metadata.trafficType) ?? this.#tier;
    this.#finish ??= text(fields(body.promptFeedback).blockReason);
    for (const candidate of objects(body.candidates)) this.#candidate(candidate);
  }

  #candidate(candidate: JsonObject): void {
    const finish = text(candidate.finishReason);
    this.#finish = finish ?? this.#finish;
    const index = candidate.index ?? 0;
    this.#finishes.set(index, finish ?? this.#finishes.get(index) ?? null);
    const content = fields(candidate.content);
    if (this.#keepText) this.#texts.push(partsText(content));
    for (const part of objects(content.parts)) {
      const call = object(part.functionCall);
      if (!call) continue;
      this.#calls.push({
        id: text(call.id) ?? "",
        name: text(call.name) ?? "",
        arguments: argumentsText(call.args),
      });
    }
  }

  facts(): AnswerFacts {
    return {
      responseModel: this.#model,
      responseId: this.#id,
      usage: this.#usage ?? unknownUsage(),
      finishReason: this.#finish,
      ...(this.#finishes.size > 1 && { finishReasons: [...this.#finishes.values()] }),
      text: this.#texts.join(""),
      toolCalls: this.#calls,
      error: this.#error,
      tier: this.#tier,
      complete: this.#finish !== null,
    };
  }
}
