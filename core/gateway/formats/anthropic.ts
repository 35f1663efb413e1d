/**
 * Anthropic's Messages API, as JSON and as a stream. Input tokens exclude what was read from or
 * written to the cache; a stream's usage is cumulative, so the last value of each field counts.
 *
 * @module
 */
import type { ToolCall } from "../../event/call.ts";
import { emptyBuckets, unknownUsage, type Usage, type UsageBuckets } from "../../event/usage.ts";
import { readError } from "./error.ts";
import {
  type AnswerError,
  type AnswerFacts,
  type AnswerReader,
  type Format,
  type RequestFacts,
  rest,
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

export const anthropic: Format = {
  name: "anthropic",
  request: readRequest,
  requestText,
  answer: (keepText) => new MessageReader(keepText),
  lastLines: ["event: message_stop", 'data: {"type":"message_stop"'],
  onlyText: (lines) => textDelta.test(lines),
};

/** Text, thinking and its signature: nothing of them is needed but the text. */
const textDelta =
  /^event: content_block_delta\ndata: \{"type":"content_block_delta","index":\d+,"delta":\{"type":"(?:text|thinking|signature)_delta"/;

function readRequest(body: unknown): RequestFacts {
  const { model, stream, metadata } = fields(body);
  return {
    model: text(model) ?? "",
    stream: stream === true,
    user: text(fields(metadata).user_id),
  };
}

function requestText(body: unknown): string {
  const { system, messages } = fields(body);
  return joinTexts([
    contentText(system),
    ...objects(messages).map((message) => contentText(message.content)),
  ]);
}

/**
 * Usage as disjoint buckets; null when the object holds no counts.
 *
 * The top level sums the model's own `iterations`, but not those that compacted the context before:
 * they are charged as well and are added here. An advisor's iterations run on another model at
 * another price and stay out.
 */
export function readAnthropicUsage(usage: JsonObject): Usage | null {
  if (typeof usage.input_tokens !== "number" && typeof usage.output_tokens !== "number") {
    return null;
  }
  const writes = fields(usage.cache_creation);
  const buckets = emptyBuckets();
  buckets.input = count(usage.input_tokens);
  buckets.cache_read = count(usage.cache_read_input_tokens);
  buckets.cache_write_5m = count(writes.ephemeral_5m_input_tokens);
  buckets.cache_write_1h = count(writes.ephemeral_1h_input_tokens);
  const split = buckets.cache_write_5m + buckets.cache_write_1h;
  const unsplit = rest(Math.max(count(usage.cache_creation_input_tokens), split), split);
  buckets.cache_write = unsplit.value;
  buckets.reasoning = count(fields(usage.output_tokens_details).thinking_tokens);
  const written = rest(count(usage.output_tokens), buckets.reasoning);
  buckets.output = written.value;
  buckets.tool_requests = count(fields(usage.server_tool_use).web_search_requests);
  for (const iteration of objects(usage.iterations)) {
    if (iteration.type === "compaction") addTokens(buckets, iteration);
  }
  const read = usageOf(buckets, null);
  return { ...read, consistent: read.consistent && written.ok };
}

function addTokens(buckets: UsageBuckets, iteration: JsonObject): void {
  const more = readAnthropicUsage(iteration)?.buckets;
  if (!more) return;
  buckets.input += more.input;
  buckets.output += more.output;
  buckets.reasoning += more.reasoning;
  buckets.cache_read += more.cache_read;
  buckets.cache_write += more.cache_write;
  buckets.cache_write_5m += more.cache_write_5m;
  buckets.cache_write_1h += more.cache_write_1h;
}

interface Block {
  readonly type: unknown;
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  json: string;
}

class MessageReader implements AnswerReader {
  #model: string | null = null;
  #id: string | null = null;
  #usage: Record<string, unknown> = {};
  #finish: string | null = null;
  #error: AnswerError | null = null;
  #complete = false;
  readonly #texts: string[] = [];
  readonly #blocks: Block[] = [];
  #open = new Map<unknown, Block>();
  readonly #keepText: boolean;

  constructor(keepText: boolean) {
    this.#keepText = keepText;
  }

  add(value: unknown): void {
    const body = object(value);
    if (!body) return;
    switch (body.type) {
      case "message":
        this.#message(body);
        return;
      case "message_start":
        // A proxy on the way may send it twice: the second one begins the message again.
        this.#open = new Map();
        this.#message(fields(body.message));
        return;
      case "content_block_start":
        this.#start(body.index, fields(body.content_block));
        return;
      case "content_block_delta":
        this.#delta(body.index, fields(body.delta));
        return;
      case "message_delta":
        this.#finish = text(fields(body.delta).stop_reason) ?? this.#finish;
        this.#merge(body.usage);
        return;
      case "message_stop":
        this.#complete = true;
        return;
      default:
        this.#error ??= readError(body);
    }
  }

  #message(message: JsonObject): void {
    this.#model = text(message.model) ?? this.#model;
    this.#id = text(message.id) ?? this.#id;
    this.#finish = text(message.stop_reason) ?? this.#finish;
    this.#merge(message.usage);
    for (const block of objects(message.content)) this.#start(this.#blocks.length, block);
  }

  #start(index: unknown, content: JsonObject): void {
    const block = {
      type: content.type,
      id: text(content.id) ?? "",
      name: text(content.name) ?? "",
      input: content.input,
      json: "",
    };
    this.#open.set(index, block);
    this.#blocks.push(block);
    if (this.#keepText && content.type === "text") this.#texts.push(text(content.text) ?? "");
  }

  #delta(index: unknown, delta: JsonObject): void {
    if (delta.type === "text_delta") {
      if (this.#keepText) this.#texts.push(text(delta.text) ?? "");
      return;
    }
    if (delta.type !== "input_json_delta") return;
    const block = this.#open.get(index);
    if (block) block.json += text(delta.partial_json) ?? "";
  }

  #merge(usage: unknown): void {
    for (const [name, value] of Object.entries(fields(usage))) {
      if (value !== null && value !== undefined) this.#usage[name] = value;
    }
  }

  facts(): AnswerFacts {
    return {
      responseModel: this.#model,
      responseId: this.#id,
      usage: readAnthropicUsage(this.#usage) ?? unknownUsage(),
      finishReason: this.#finish,
      text: this.#texts.join(""),
      toolCalls: this.#blocks.filter((block) => block.type === "tool_use").map(toolCall),
      error: this.#error,
      tier: text(this.#usage.service_tier),
      speed: text(this.#usage.speed),
      geo: text(this.#usage.inference_geo),
      complete: this.#complete,
    };
  }
}

function toolCall(block: Block): ToolCall {
  return {
    id: block.id,
    name: block.name,
    arguments: block.json || argumentsText(block.input),
  };
}
