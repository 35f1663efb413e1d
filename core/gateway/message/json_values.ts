/**
 * The JSON values of an answer while its bytes come in, the same for any cut: one for a JSON body, one
 * for each item of a JSON list, each server-sent event, each AWS frame. What cannot be parsed is passed
 * over.
 *
 * @module
 */
import { awsEvents } from "../formats/aws_event_stream.ts";
import { parseExactly } from "../formats/exact_json.ts";
import { jsonPieces } from "../formats/json_pieces.ts";
import { SseParser } from "../sse.ts";

/** How values are told apart: server-sent events, AWS frames, or JSON that is read at its end. */
export type Framing = "events" | "aws" | "json";

export class JsonValues {
  readonly #framing: Framing;
  readonly #events = new SseParser();
  /** Bytes that are no value yet. */
  #kept: Uint8Array[] = [];

  constructor(framing: Framing) {
    this.#framing = framing;
  }

  push(bytes: Uint8Array): unknown[] {
    if (this.#framing === "events") return this.#events.push(bytes).flatMap(valueOf);
    this.#kept.push(bytes);
    return this.#framing === "aws" ? this.#frames() : [];
  }

  end(): unknown[] {
    if (this.#framing === "events") return this.#events.end().flatMap(valueOf);
    if (this.#framing === "aws") return [];
    const source = new TextDecoder().decode(this.#whole());
    const value = parseExactly(source);
    if (value === undefined) return [...jsonPieces(source)];
    return Array.isArray(value) ? value : [value];
  }

  #frames(): unknown[] {
    const bytes = this.#whole();
    const end = lastFrameEnd(bytes);
    this.#kept = end < bytes.length ? [bytes.subarray(end)] : [];
    return end === 0 ? [] : [...awsEvents(bytes.subarray(0, end))];
  }

  #whole(): Uint8Array {
    const [first] = this.#kept;
    if (first && this.#kept.length === 1) return first;
    const joined = new Uint8Array(this.#kept.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of this.#kept) {
      joined.set(piece, at);
      at += piece.length;
    }
    return joined;
  }
}

function valueOf({ data }: { readonly data: string }): unknown[] {
  if (data === "[DONE]") return [data];
  const value = parseExactly(data);
  return value === undefined ? [] : [value];
}

/** Where the last whole frame ends; a frame begins with its length. */
function lastFrameEnd(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + 4 <= bytes.length) {
    const length = view.getUint32(at);
    if (length < 16 || at + length > bytes.length) break;
    at += length;
  }
  return at;
}
