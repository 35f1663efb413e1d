/**
 * OpenAI Chat Completions and the older Completions, as JSON and as a stream of deltas. Most
 * providers speak it.
 *
 * @module
 */
import { unknownUsage, type Usage } from "../../event/usage.ts";
import { readError } from "./error.ts";
import type { AnswerError, AnswerFacts, AnswerReader, Format, RequestFacts } from "./format.ts";
import { argumentsText, fields, type JsonObject, object, objects, text } from "../../json.ts";
import { readChatUsage, readProviderCost } from "./openai_usage.ts";
import { contentText, joinTexts } from "./text.ts";

export const openaiChat: Format = {
  name: "openai-chat",
  request: readRequest,
  requestText,
  answer: (keepText) => new ChatReader(keepText),
  lastLines: ["data: [DONE]", "data:[DONE]"],
  onlyText: (lines) => lines.startsWith("data: {") && !telling.test(lines),
};

/** What a chunk says beside its text. In text these words have their quotes escaped. */
const telling = /"(?:tool_calls|function_call|error)"|"usage"\s*:\s*[^\sn]|"finish_reason"\s*:\s*"/;

function readRequest(body: unknown): RequestFacts {
  const { model, stream, user, safety_identifier } = fields(body);
  return {
    model: text(model) ?? "",
    stream: stream === true,
    user: text(user) ?? text(safety_identifier),
  };
}

function requestText(body: unknown): string {
  const { messages, prompt } = fields(body);
  return joinTexts([
    ...objects(messages).map((message) => contentText(message.content)),
    ...(Array.isArray(prompt) ? prompt : [prompt]).map((part) => text(part) ?? ""),
  ]);
}

interface PartialCall {
  id: string;
  name: string;
  arguments: string;
}

class ChatReader implements AnswerReader {
  #model: string | null = null;
  #id: string | null = null;
  #usage: Usage | null = null;
  #finish: string | null = null;
  #refused = false;
  readonly #finishes = new Map<unknown, string | null>();
  #error: AnswerError | null = null;
  #tier: string | null = null;
  #cost: string | null = null;
  #complete = false;
  #texts: string[] = [];
  // By choice and index: deltas of several calls may come interleaved.
  readonly #calls = new Map<string, PartialCall>();
  readonly #keepText: boolean;

  constructor(keepText: boolean) {
    this.#keepText = keepText;
  }

  add(value: unknown): void {
    if (value === "[DONE]") {
      this.#complete = true;
      return;
    }
    const body = object(value);
    if (!body || body.error) this.#error ??= readError(value);
    if (!body) return;
    this.#model ??= text(body.model);
    this.#id ??= text(body.id);
    this.#tier = text(body.service_tier) ?? this.#tier;
    // A stream repeats `usage: null` until the last chunk; Groq wraps the last one.
    const usage = body.usage ?? (body.x_groq ? fields(body.x_groq).usage : null);
    if (usage) {
      this.#usage = readChatUsage(usage) ?? this.#usage;
      this.#cost = readProviderCost(usage) ?? this.#cost;
    }
    if (!Array.isArray(body.choices)) return;
    for (const choice of body.choices) this.#choice(fields(choice));
  }

  #choice(choice: JsonObject): void {
    const finish = text(choice.finish_reason);
    this.#finish = finish ?? this.#finish;
    const index = choice.index ?? 0;
    this.#finishes.set(index, finish ?? this.#finishes.get(index) ?? null);
    const message = object(choice.delta) ?? object(choice.message);
    if (message?.refusal) this.#refused = true;
    if (this.#keepText) {
      this.#texts.push(contentText(message?.content) || (text(choice.text) ?? ""));
    }
    if (!message) return;
    if (message.tool_calls) {
      objects(message.tool_calls).forEach((call, i) =>
        this.#toolCall(`${index}:${call.index ?? i}`, call)
      );
    }
    if (message.function_call) this.#toolCall("function", { function: message.function_call });
  }

  #toolCall(key: string, call: JsonObject): void {
    let known = this.#calls.get(key);
    if (!known) this.#calls.set(key, known = { id: "", name: "", arguments: "" });
    const called = fields(call.function);
    known.id = text(call.id) ?? known.id;
    known.name = text(called.name) ?? known.name;
    known.arguments += argumentsText(called.arguments);
  }

  facts(): AnswerFacts {
    return {
      responseModel: this.#model,
      responseId: this.#id,
      usage: this.#usage ?? unknownUsage(),
      finishReason: this.#finish,
      ...(this.#finishes.size > 1 && { finishReasons: [...this.#finishes.values()] }),
      ...(this.#refused && { refused: true }),
      text: this.#texts.join(""),
      toolCalls: [...this.#calls.values()],
      error: this.#error,
      tier: this.#tier,
      providerCost: this.#cost,
      complete: this.#complete,
    };
  }
}
