/**
 * Ollama's own API: chat, generate and embed, as JSON or as lines of JSON.
 *
 * @module
 */
import type { ToolCall } from "../../event/call.ts";
import { emptyBuckets, unknownUsage, type Usage } from "../../event/usage.ts";
import { readError } from "./error.ts";
import { type AnswerError, type AnswerReader, type Format, noFacts, usageOf } from "./format.ts";
import { argumentsText, count, countOrNull, fields, object, objects, text } from "../../json.ts";
import { contentText, joinTexts } from "./text.ts";

export const ollamaNative: Format = {
  name: "ollama",
  request(body) {
    const { model, stream, prompt, messages } = fields(body);
    // It streams unless it is told not to, except embeddings.
    const streams = stream !== false && (messages !== undefined || prompt !== undefined);
    return { model: text(model) ?? "", stream: streams, user: null };
  },
  requestText(body) {
    const { system, prompt, messages, input } = fields(body);
    return joinTexts([
      text(system) ?? "",
      text(prompt) ?? "",
      ...objects(messages).map((message) => contentText(message.content)),
      ...(Array.isArray(input) ? input : [input]).map((part) => text(part) ?? ""),
    ]);
  },
  answer: (keepText) => new OllamaReader(keepText),
  lastLines: [],
};

class OllamaReader implements AnswerReader {
  readonly #keepText: boolean;
  readonly #texts: string[] = [];
  readonly #calls: ToolCall[] = [];
  #model: string | null = null;
  #usage: Usage | null = null;
  #finish: string | null = null;
  #error: AnswerError | null = null;
  #complete = false;

  constructor(keepText: boolean) {
    this.#keepText = keepText;
  }

  add(value: unknown): void {
    const body = object(value);
    if (!body) return;
    this.#error ??= readError(body);
    this.#model = text(body.model) ?? this.#model;
    const message = fields(body.message);
    if (this.#keepText) {
      this.#texts.push(contentText(message.content) || (text(body.response) ?? ""));
    }
    for (const call of objects(message.tool_calls)) {
      const { name, arguments: given } = fields(call.function);
      this.#calls.push({
        id: text(call.id) ?? "",
        name: text(name) ?? "",
        arguments: argumentsText(given),
      });
    }
    this.#finish = text(body.done_reason) ?? this.#finish;
    if (body.done === true) this.#complete = true;
    if (countOrNull(body.prompt_eval_count) === null && countOrNull(body.eval_count) === null) {
      return;
    }
    const buckets = emptyBuckets();
    // A prompt that was kept whole since the last call is not counted.
    buckets.input = count(body.prompt_eval_count);
    buckets.output = count(body.eval_count);
    this.#usage = usageOf(buckets, null);
  }

  facts() {
    return {
      ...noFacts(this.#usage ?? unknownUsage(), this.#complete),
      responseModel: this.#model,
      finishReason: this.#finish,
      text: this.#texts.join(""),
      toolCalls: this.#calls,
      error: this.#error,
    };
  }
}
