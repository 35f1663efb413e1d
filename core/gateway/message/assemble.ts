/**
 * The message of an answer, put together from its pieces: text, reasoning, tool calls, in the order in
 * which they began. The same message comes of a stream, however it was cut, and of the same answer that
 * was not streamed.
 *
 * @module
 */
import type { JsonObject } from "../../json.ts";
import type { AnswerEvent, Finish } from "./events.ts";

/** A part of a message. */
export type Part =
  | { readonly type: "text"; readonly text: string; readonly signature?: string }
  | { readonly type: "refusal"; readonly text: string }
  | { readonly type: "reasoning"; readonly text: string; readonly signature?: string }
  /** Reasoning that only its provider can read. */
  | { readonly type: "redacted"; readonly data: string }
  | {
    readonly type: "tool_call";
    /** Empty when the provider gives none. */
    readonly id: string;
    readonly name: string;
    /** JSON text, as the model wrote it. */
    readonly arguments: string;
    readonly signature?: string;
  }
  /** What no other part is, in the provider's form. */
  | { readonly type: "other"; readonly name: string; readonly value: JsonObject };

export interface Message {
  readonly id: string | null;
  readonly model: string | null;
  readonly parts: readonly Part[];
  /** Null when the answer was cut. */
  readonly finish: { readonly reason: Finish; readonly raw: string; readonly stop?: string } | null;
  /** What went wrong on the provider's side, also in the middle of a stream. */
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Whether the answer came to its end. */
  readonly complete: boolean;
}

interface Draft {
  readonly kind: "text" | "refusal" | "reasoning" | "redacted" | "tool" | "other";
  readonly texts: string[];
  signature: string;
  id: string;
  name: string;
  value: JsonObject | null;
}

export class Assembler {
  readonly #parts = new Map<string, Draft>();
  #id: string | null = null;
  #model: string | null = null;
  #finish: Message["finish"] = null;
  #error: Message["error"] = null;
  #complete = false;

  add(event: AnswerEvent): void {
    switch (event.kind) {
      case "start":
        this.#id ??= event.id;
        this.#model ??= event.model;
        return;
      case "text":
      case "refusal":
      case "reasoning":
      case "redacted":
      case "tool":
      case "other":
        return this.#part(event);
      case "finish": {
        const { reason, raw, stop } = event;
        this.#finish = { reason, raw, ...(stop !== undefined && { stop }) };
        return;
      }
      case "error":
        this.#error ??= { code: event.code, message: event.message };
        return;
      case "end":
        this.#complete = true;
        return;
      case "usage":
        return;
    }
  }

  #part(event: Extract<AnswerEvent, { key: string }>): void {
    const key = `${event.kind} ${event.key}`;
    let part = this.#parts.get(key);
    if (!part) {
      part = { kind: event.kind, texts: [], signature: "", id: "", name: "", value: null };
      this.#parts.set(key, part);
    }
    if ("signature" in event) part.signature += event.signature ?? "";
    switch (event.kind) {
      case "tool":
        part.id = event.id || part.id;
        part.name = event.name || part.name;
        part.texts.push(event.arguments);
        return;
      case "redacted":
        part.texts.push(event.data);
        return;
      case "other":
        part.name = event.type;
        part.value = { ...part.value, ...event.value };
        return;
      default:
        part.texts.push(event.text);
    }
  }

  message(): Message {
    return {
      id: this.#id,
      model: this.#model,
      parts: [...this.#parts.values()].flatMap(partOf),
      finish: this.#finish,
      error: this.#error,
      complete: this.#complete,
    };
  }
}

function partOf({ kind, texts, signature, id, name, value }: Draft): Part[] {
  const text = texts.join("");
  const signed = signature !== "" && { signature };
  switch (kind) {
    case "tool":
      return [{ type: "tool_call", id, name, arguments: text, ...signed }];
    case "redacted":
      return [{ type: "redacted", data: text }];
    case "other":
      return [{ type: "other", name, value: value ?? {} }];
    case "refusal":
      return text === "" ? [] : [{ type: "refusal", text }];
    case "reasoning":
    case "text":
      // Providers open parts that they never fill.
      return text === "" && signature === "" ? [] : [{ type: kind, text, ...signed }];
  }
}
