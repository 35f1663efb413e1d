/**
 * OpenAI's Responses API, as JSON and as a stream of typed events whose last one carries the whole
 * response.
 *
 * @module
 */
import type { ToolCall } from "../../event/call.ts";
import { unknownUsage, type Usage } from "../../event/usage.ts";
import { readError } from "./error.ts";
import type { AnswerError, AnswerFacts, AnswerReader, Format, RequestFacts } from "./format.ts";
import { argumentsText, fields, type JsonObject, object, objects, text } from "../../json.ts";
import { readProviderCost, readResponsesUsage } from "./openai_usage.ts";
import { contentText, joinTexts } from "./text.ts";

const lastTypes = ["response.completed", "response.incomplete", "response.failed"] as const;
const isLast = new Set<unknown>(lastTypes);

export const openaiResponses: Format = {
  name: "openai-responses",
  request: readRequest,
  requestText,
  answer: (keepText) => new ResponsesReader(keepText),
  lastLines: lastTypes.flatMap((type) => [`event: ${type}`, `data: {"type":"${type}"`]),
  onlyText: (lines) => textDelta.test(lines),
};

/** Pieces of what stands whole in the item's last event, and in the stream's. */
const textDelta = /^event: (response\.[a-z_.]+\.delta)\ndata: \{"type":"\1",/;

/**
 * Reading a stored response again. Its usage was counted when it was made, except when it was made
 * in the background: then the answer to that request could not say it.
 */
export const openaiStoredResponse: Format = {
  ...openaiResponses,
  name: "openai-stored-response",
  answer: (keepText) => {
    const reader = new ResponsesReader(keepText);
    return {
      add: (value) => reader.add(value),
      facts: () => {
        const facts = reader.facts();
        return reader.inBackground ? facts : { ...facts, usage: unknownUsage() };
      },
    };
  },
};

function readRequest(body: unknown): RequestFacts {
  const { model, stream, user, safety_identifier } = fields(body);
  return {
    model: text(model) ?? "",
    stream: stream === true,
    user: text(user) ?? text(safety_identifier),
  };
}

function requestText(body: unknown): string {
  const { instructions, input } = fields(body);
  if (typeof input === "string") return joinTexts([text(instructions) ?? "", input]);
  return joinTexts([
    text(instructions) ?? "",
    ...objects(input).map((item) => contentText(item.content ?? item.output)),
  ]);
}

class ResponsesReader implements AnswerReader {
  #response: JsonObject = {};
  #usage: Usage | null = null;
  #error: AnswerError | null = null;
  #complete = false;
  // Items that ended, for a stream that is cut before its last event.
  readonly #items: JsonObject[] = [];
  readonly #deltas: string[] = [];
  readonly #keepText: boolean;

  constructor(keepText: boolean) {
    this.#keepText = keepText;
  }

  add(value: unknown): void {
    const body = object(value);
    if (!body) return;
    if (body.type === "error") {
      this.#error ??= readError({ error: object(body.error) ?? body });
      return;
    }
    if (body.error) this.#error ??= readError(body);
    // Most events of a stream are text deltas: nothing of them is needed but the text.
    if (this.#keepText && body.type === "response.output_text.delta") {
      this.#deltas.push(text(body.delta) ?? "");
    }
    if (body.type === "response.output_item.done") {
      const item = object(body.item);
      if (item) this.#items.push(item);
    }
    const response = object(body.response) ?? (typeof body.type === "string" ? null : body);
    if (!response) return;
    this.#response = response;
    this.#usage = readResponsesUsage(response.usage) ?? this.#usage;
    if (response.error) this.#error ??= readError(response);
    if (isLast.has(body.type)) this.#complete = true;
  }

  /** Whether the response was made in the background. */
  get inBackground(): boolean {
    return this.#response.background === true;
  }

  facts(): AnswerFacts {
    const response = this.#response;
    const listed = objects(response.output);
    const output = listed.length > 0 ? listed : this.#items;
    const usage = this.#usage ?? unknownUsage();
    usage.buckets.tool_requests = output.filter(isSearch).length;
    return {
      responseModel: text(response.model),
      responseId: text(response.id),
      usage,
      finishReason: text(fields(response.incomplete_details).reason) ?? text(response.status),
      ...(output.some(isRefusal) && { refused: true }),
      text: this.#keepText ? outputText(output) || this.#deltas.join("") : "",
      toolCalls: output.flatMap(toolCall),
      error: this.#error,
      tier: text(response.service_tier),
      providerCost: readProviderCost(response.usage),
      complete: this.#complete,
    };
  }
}

/** A web search that is charged: opening a page found before is not a search. */
function isSearch(item: JsonObject): boolean {
  if (item.type !== "web_search_call") return false;
  const action = object(item.action);
  return !action || action.type === "search";
}

function isRefusal(item: JsonObject): boolean {
  return objects(item.content).some(({ type }) => type === "refusal");
}

function outputText(output: readonly JsonObject[]): string {
  return joinTexts(
    output.filter((item) => item.type === "message").map((item) => contentText(item.content)),
  );
}

function toolCall(item: JsonObject): ToolCall[] {
  if (item.type !== "function_call" && item.type !== "custom_tool_call") return [];
  return [{
    id: text(item.call_id) ?? text(item.id) ?? "",
    name: text(item.name) ?? "",
    arguments: argumentsText(item.arguments ?? item.input),
  }];
}
