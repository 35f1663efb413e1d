/**
 * Amazon Bedrock's Converse API. Its stream comes in AWS's binary event framing
 * (`aws_event_stream.ts`); an event's JSON has the event's type as its only key.
 *
 * @module
 */
import type { ToolCall } from "../../event/call.ts";
import { emptyBuckets, unknownUsage, type Usage } from "../../event/usage.ts";
import { readError, readErrorBody } from "./error.ts";
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

export const bedrockConverse: Format = {
  name: "bedrock-converse",
  request: () => ({ model: "", stream: false, user: null }),
  requestText(body) {
    const { system, messages } = fields(body);
    return joinTexts([
      contentText(system),
      ...objects(messages).map((message) => contentText(message.content)),
    ]);
  },
  answer: (keepText) => new ConverseReader(keepText),
  lastLines: [],
};

/** Usage as disjoint buckets: `inputTokens` excludes the cache. Null when there are no counts. */
function readConverseUsage(value: unknown): Usage | null {
  const usage = object(value);
  if (!usage || countOrNull(usage.inputTokens) === null) return null;
  const buckets = emptyBuckets();
  buckets.input = count(usage.inputTokens);
  buckets.output = count(usage.outputTokens);
  buckets.cache_read = count(usage.cacheReadInputTokens ?? usage.cacheReadInputTokenCount);
  for (const detail of objects(usage.cacheDetails)) {
    if (detail.ttl === "1h") buckets.cache_write_1h += count(detail.inputTokens);
    if (detail.ttl === "5m") buckets.cache_write_5m += count(detail.inputTokens);
  }
  const unsplit = rest(
    count(usage.cacheWriteInputTokens ?? usage.cacheWriteInputTokenCount),
    buckets.cache_write_5m,
    buckets.cache_write_1h,
  );
  buckets.cache_write = unsplit.value;
  const read = usageOf(buckets, countOrNull(usage.totalTokens));
  return { ...read, consistent: read.consistent && unsplit.ok };
}

class ConverseReader implements AnswerReader {
  #usage: Usage | null = null;
  #finish: string | null = null;
  #error: AnswerError | null = null;
  #tier: string | null = null;
  readonly #texts: string[] = [];
  readonly #calls = new Map<unknown, ToolCall>();
  readonly #keepText: boolean;

  constructor(keepText: boolean) {
    this.#keepText = keepText;
  }

  add(value: unknown): void {
    const body = object(value);
    if (!body) return;
    this.#error ??= readError(body);
    const metadata = object(body.metadata) ?? body;
    this.#usage = readConverseUsage(metadata.usage) ?? this.#usage;
    this.#tier = text(fields(metadata.serviceTier).type) ?? this.#tier;
    const stop = object(body.messageStop) ?? body;
    this.#finish = text(stop.stopReason) ?? this.#finish;
    for (const part of objects(fields(fields(body.output).message).content)) {
      this.#part(this.#calls.size, part);
    }
    const start = object(body.contentBlockStart);
    if (start) this.#part(start.contentBlockIndex, fields(start.start));
    const delta = object(body.contentBlockDelta);
    if (delta) this.#delta(delta.contentBlockIndex, fields(delta.delta));
    for (const [name, event] of Object.entries(body)) {
      if (name.endsWith("Exception")) this.#error ??= readErrorBody(event);
    }
  }

  #part(index: unknown, part: JsonObject): void {
    if (this.#keepText) this.#texts.push(text(part.text) ?? "");
    const call = object(part.toolUse);
    if (!call) return;
    this.#calls.set(index, {
      id: text(call.toolUseId) ?? "",
      name: text(call.name) ?? "",
      arguments: argumentsText(call.input),
    });
  }

  #delta(index: unknown, delta: JsonObject): void {
    if (this.#keepText) this.#texts.push(text(delta.text) ?? "");
    const call = this.#calls.get(index);
    if (call) call.arguments += text(fields(delta.toolUse).input) ?? "";
  }

  facts(): AnswerFacts {
    return {
      responseModel: null,
      responseId: null,
      usage: this.#usage ?? unknownUsage(),
      finishReason: this.#finish,
      text: this.#texts.join(""),
      toolCalls: [...this.#calls.values()],
      error: this.#error,
      tier: this.#tier,
      complete: this.#finish !== null,
    };
  }
}
