/**
 * Cohere's v2 chat. It reports raw and billed tokens; the billed ones are kept, because they are
 * what a price applies to.
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
  usageOf,
} from "./format.ts";
import {
  argumentsText,
  count,
  fields,
  type JsonObject,
  object,
  objects,
  text,
} from "../../json.ts";
import { contentText, joinTexts } from "./text.ts";

export const cohere: Format = {
  name: "cohere",
  request(body) {
    const { model, stream } = fields(body);
    return { model: text(model) ?? "", stream: stream === true, user: null };
  },
  requestText(body) {
    const { message, messages } = fields(body);
    return joinTexts([
      text(message) ?? "",
      ...objects(messages).map((item) => contentText(item.content)),
    ]);
  },
  answer: (keepText) => new CohereReader(keepText),
  lastLines: ["event: message-end", 'data: {"type":"message-end"'],
};

/** Usage of v2 (`usage`) and v1 (`meta`) answers; null when there are no counts. */
function readCohereUsage(value: unknown): Usage | null {
  const usage = fields(value);
  const counts = object(usage.billed_units) ?? object(usage.tokens);
  // Search units alone are no tokens.
  if (!counts || (counts.input_tokens ?? counts.output_tokens) === undefined) return null;
  const buckets = emptyBuckets();
  buckets.input = count(counts.input_tokens);
  buckets.output = count(counts.output_tokens);
  return usageOf(buckets, null);
}

class CohereReader implements AnswerReader {
  #id: string | null = null;
  #usage: Usage | null = null;
  #finish: string | null = null;
  #error: AnswerError | null = null;
  #complete = false;
  readonly #texts: string[] = [];
  readonly #calls = new Map<unknown, ToolCall>();
  readonly #keepText: boolean;

  constructor(keepText: boolean) {
    this.#keepText = keepText;
  }

  add(value: unknown): void {
    const body = object(value);
    if (!body) return;
    if (body.error) this.#error ??= readError(body);
    this.#id ??= text(body.id);
    const delta = object(body.delta) ?? body;
    this.#usage = readCohereUsage(delta.usage) ?? readCohereUsage(body.meta) ?? this.#usage;
    this.#finish = text(delta.finish_reason) ?? this.#finish;
    if (body.type === "message-end") this.#complete = true;
    this.#message(body, fields(delta.message));
  }

  #message(body: JsonObject, message: JsonObject): void {
    if (this.#keepText) this.#texts.push(contentText(message.content));
    if (Array.isArray(message.tool_calls)) {
      objects(message.tool_calls).forEach((call, index) => this.#call(index, call));
      return;
    }
    const call = object(message.tool_calls);
    if (call) this.#call(body.index, call);
  }

  #call(index: unknown, call: JsonObject): void {
    const known = this.#calls.get(index) ?? { id: "", name: "", arguments: "" };
    const called = fields(call.function);
    known.id = text(call.id) ?? known.id;
    known.name = text(called.name) ?? known.name;
    known.arguments += argumentsText(called.arguments);
    this.#calls.set(index, known);
  }

  facts(): AnswerFacts {
    return {
      responseModel: null,
      responseId: this.#id,
      usage: this.#usage ?? unknownUsage(),
      finishReason: this.#finish,
      text: this.#texts.join(""),
      toolCalls: [...this.#calls.values()],
      error: this.#error,
      tier: null,
      complete: this.#complete,
    };
  }
}
