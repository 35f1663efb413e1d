/**
 * Reads a whole body in its wire format: JSON, a list of JSON values, server-sent events or AWS
 * frames, cut or not. Pure: the same bytes give the same facts, on the way and years later.
 *
 * @module
 */
import { SseParser } from "../sse.ts";
import { awsEvents } from "./aws_event_stream.ts";
import { readErrorBody } from "./error.ts";
import type { AnswerFacts, AnswerReader, Format, RequestFacts } from "./format.ts";
import { parseJson } from "../../json.ts";
import { jsonPieces } from "./json_pieces.ts";
import { type OnlyText, withoutText } from "./text_events.ts";

const decoder = new TextDecoder();

/** An answer's body, decompressed. */
export interface AnswerBody {
  readonly bytes: Uint8Array;
  readonly contentType: string | null;
  /** The body's last bytes when `bytes` holds only its beginning: where usage stands. */
  readonly tail?: Uint8Array | undefined;
  /** The answer's headers, names and values in turn, when they are known. */
  readonly headers?: readonly string[] | undefined;
  /** The HTTP status, when it is known: a status of 400 or more makes the body an error. */
  readonly status?: number | undefined;
}

/**
 * What a request's body says. A body that is not JSON gives empty facts.
 *
 * @example
 * ```ts
 * import { readRequest } from "@/core/gateway/formats/read.ts";
 * import { formats } from "@/core/gateway/formats/table.ts";
 * import { expect } from "expect";
 *
 * const bytes = new TextEncoder().encode(`{"model":"gpt-4o","stream":true}`);
 * expect(readRequest(formats["openai-chat"], bytes)).toMatchObject({ model: "gpt-4o", stream: true });
 * ```
 */
export function readRequest(format: Format, bytes: Uint8Array): RequestFacts {
  return format.request(bytes.length === 0 ? undefined : parseJson(decoder.decode(bytes)));
}

/**
 * What an answer says: model, id, usage, finish reason, tool calls, error, and its text unless
 * `text: false`.
 *
 * @example
 * ```ts
 * import { readAnswer } from "@/core/gateway/formats/read.ts";
 * import { formats } from "@/core/gateway/formats/table.ts";
 * import { expect } from "expect";
 *
 * const bytes = new TextEncoder().encode(
 *   `data: {"id":"c1","choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n`,
 * );
 * const facts = readAnswer(formats["openai-chat"], { bytes, contentType: "text/event-stream" });
 * expect(facts).toMatchObject({ text: "Hi", complete: true });
 * ```
 */
export function readAnswer(
  format: Format,
  body: AnswerBody,
  { text = true }: { readonly text?: boolean } = {},
): AnswerFacts {
  const reader = format.answer(text);
  if (body.headers) reader.addHeaders?.(body.headers);
  if (isAwsStream(body.contentType)) {
    for (const event of awsEvents(body.bytes)) reader.add(event);
    if (body.tail) { for (const event of awsEvents(body.tail)) reader.add(event); }
    return reader.facts();
  }
  if (isEventStream(body)) {
    const passed = text ? undefined : format.onlyText;
    addEvents(reader, body.bytes, passed);
    // The tail begins anywhere: its first, cut event is not JSON and is passed over.
    if (body.tail) addEvents(reader, body.tail, passed);
    return reader.facts();
  }
  if (binary.test(body.contentType ?? "")) return reader.facts();
  return readJson(reader, body);
}

/** Sounds and pictures: megabytes that are no text. */
const binary = /^(?:audio|image|video)\/|octet-stream/;

function readJson(reader: AnswerReader, body: AnswerBody): AnswerFacts {
  const failed = (body.status ?? 200) >= 400;
  const source = body.tail ? "" : decoder.decode(body.bytes);
  const value = body.tail ? tailUsage(body.tail) : parseJson(source);
  const isJson = body.contentType?.includes("json") ?? false;
  const items = value === undefined && isJson
    ? jsonPieces(source)
    : Array.isArray(value)
    ? value
    : [value];
  for (const item of items) reader.add(item);
  const facts = reader.facts();
  return {
    ...facts,
    complete: value === undefined ? facts.complete : body.tail === undefined,
    error: facts.error ?? (failed ? readErrorBody(value) : null),
  };
}

function addEvents(reader: AnswerReader, bytes: Uint8Array, passed: OnlyText | undefined): void {
  const source = decoder.decode(bytes);
  const parser = new SseParser();
  const told = passed ? withoutText(source, passed) : source;
  for (const { data } of parser.pushText(told)) addEvent(reader, data);
  for (const { data } of parser.end()) addEvent(reader, data);
}

function addEvent(reader: AnswerReader, data: string): void {
  if (data === "[DONE]") reader.add(data);
  else reader.add(parseJson(data));
}

/** Whether a body is a stream of server-sent events: by its type, or by how it begins. */
export function isEventStream({ bytes, contentType }: AnswerBody): boolean {
  if (contentType?.includes("text/event-stream")) return true;
  if (contentType?.includes("json")) return false;
  const start = decoder.decode(bytes.subarray(0, 6));
  return start.startsWith("event:") || start.startsWith("data:");
}

/** Whether a body comes in AWS's binary event framing. */
export function isAwsStream(contentType: string | null): boolean {
  return contentType?.includes("vnd.amazon.eventstream") ?? false;
}

/** A JSON object with nothing but the usage that stands near the end of a body too long to keep. */
function tailUsage(tail: Uint8Array): unknown {
  const source = decoder.decode(tail);
  for (const name of ["usageMetadata", "usage"]) {
    const at = source.lastIndexOf(`"${name}"`);
    if (at === -1) continue;
    const value = firstObject(source, source.indexOf("{", at));
    if (value !== undefined) return { [name]: value };
  }
  return undefined;
}

/** The JSON object that begins at `start`. Usage holds no strings with braces. */
function firstObject(source: string, start: number): unknown {
  if (start === -1) return undefined;
  let depth = 0;
  for (let i = start; i < source.length; i++) {
    if (source[i] === "{") depth++;
    if (source[i] === "}" && --depth === 0) return parseJson(source.slice(start, i + 1));
  }
  return undefined;
}
