/**
 * Reads the message of an answer's body: JSON, a list of JSON values, server-sent events or AWS frames,
 * whole or cut.
 *
 * @module
 */
import { readErrorBody } from "../formats/error.ts";
import type { FormatName } from "../formats/format.ts";
import { fields, parseJson } from "../../json.ts";
import { type AnswerBody, isAwsStream, isEventStream } from "../formats/read.ts";
import { AnthropicParts } from "./anthropic.ts";
import { Assembler, type Message } from "./assemble.ts";
import { InvokeParts } from "./bedrock_invoke.ts";
import { CohereParts } from "./cohere.ts";
import { ConverseParts } from "./converse.ts";
import type { PartReader } from "./events.ts";
import { GeminiParts } from "./gemini.ts";
import { type Framing, JsonValues } from "./json_values.ts";
import { InteractionParts } from "./interactions.ts";
import { ChatParts } from "./openai_chat.ts";
import { ResponsesParts } from "./responses.ts";

const readers: Readonly<Partial<Record<FormatName, () => PartReader>>> = {
  "openai-chat": () => new ChatParts(),
  "openai-responses": () => new ResponsesParts(),
  "openai-stored-response": () => new ResponsesParts(),
  "anthropic": () => new AnthropicParts(),
  "gemini": () => new GeminiParts(),
  "bedrock-converse": () => new ConverseParts(),
  "bedrock-invoke": () => new InvokeParts(),
  "cohere": () => new CohereParts(),
};

const decoder = new TextDecoder();

/**
 * The message, or null for a format that has none (embeddings, files, …).
 *
 * @example
 * ```ts
 * import { readMessage } from "@/core/gateway/message/read.ts";
 * import { expect } from "expect";
 *
 * const bytes = new TextEncoder().encode(
 *   `data: {"id":"c1","choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n` +
 *     `data: {"id":"c1","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}]}\n\n` +
 *     `data: [DONE]\n\n`,
 * );
 * expect(readMessage("openai-chat", { bytes, contentType: "text/event-stream" })).toMatchObject({
 *   parts: [{ type: "text", text: "Hello" }],
 *   finish: { reason: "stop" },
 *   complete: true,
 * });
 * ```
 */
export function readMessage(format: FormatName, body: AnswerBody): Message | null {
  const reader = new MessageReader(format, framingOf(body));
  reader.push(body.bytes);
  const message = reader.end();
  if (!message || message.error || (body.status ?? 200) < 400) return message;
  return { ...message, error: readErrorBody(parseJson(decoder.decode(body.bytes))) };
}

/** The same, while the bytes come in. */
export class MessageReader {
  readonly #format: FormatName;
  readonly #values: JsonValues;
  readonly #assembler = new Assembler();
  #reader: PartReader | null | undefined;

  constructor(format: FormatName, framing: Framing) {
    this.#format = format;
    this.#values = new JsonValues(framing);
  }

  push(bytes: Uint8Array): void {
    for (const value of this.#values.push(bytes)) this.#add(value);
  }

  end(): Message | null {
    for (const value of this.#values.end()) this.#add(value);
    this.#reader ??= readers[this.#format]?.() ?? null;
    if (!this.#reader) return null;
    for (const event of this.#reader.end()) this.#assembler.add(event);
    return this.#assembler.message();
  }

  #add(value: unknown): void {
    this.#reader ??= isInteraction(value)
      ? new InteractionParts()
      : readers[this.#format]?.() ?? null;
    for (const event of this.#reader?.add(value) ?? []) this.#assembler.add(event);
  }
}

function framingOf(body: AnswerBody): Framing {
  if (isAwsStream(body.contentType)) return "aws";
  return isEventStream(body) ? "events" : "json";
}

/** Google's other API has no path of its own that a format could be told by. */
function isInteraction(value: unknown): boolean {
  return typeof fields(value).event_type === "string";
}
