/**
 * An answer's bytes from the provider's wire format into the client's, while they come: each event of a
 * stream is written as soon as it is read. What cannot be carried ends the answer with an error.
 *
 * @module
 */
import type { Usage } from "../../event/usage.ts";
import { errors } from "../../error.ts";
import { readErrorBody } from "../formats/error.ts";
import { parseJson } from "../../json.ts";
import { joined } from "../joined.ts";
import { AnthropicParts } from "../message/anthropic.ts";
import { Assembler } from "../message/assemble.ts";
import type { AnswerEvent, PartReader } from "../message/events.ts";
import { GeminiParts } from "../message/gemini.ts";
import { JsonValues } from "../message/json_values.ts";
import { ChatParts } from "../message/openai_chat.ts";
import { anthropicAnswer } from "./answer_anthropic.ts";
import { geminiAnswer } from "./answer_gemini.ts";
import { openaiAnswer } from "./answer_openai.ts";
import type { Dialect } from "./request.ts";
import {
  type AnswerContext,
  type AnswerFormat,
  type StreamWriter,
  unknownPart,
} from "./write_answer.ts";

export interface AnswerOptions extends Omit<AnswerContext, "maker"> {
  /** The provider's format. */
  readonly from: Dialect;
  /** The client's. */
  readonly to: Dialect;
  /** Whether the client asked for a stream. */
  readonly stream: boolean;
}

/** The head of what the provider answered. */
export interface ProviderHead {
  readonly status: number;
  readonly contentType: string | null;
}

const readers: Readonly<Record<Dialect, () => PartReader>> = {
  "openai-chat": () => new ChatParts(),
  anthropic: () => new AnthropicParts(),
  gemini: () => new GeminiParts(),
};
const formats: Readonly<Record<Dialect, AnswerFormat>> = {
  "openai-chat": openaiAnswer,
  anthropic: anthropicAnswer,
  gemini: geminiAnswer,
};
const makers = { "openai-chat": "other", anthropic: "anthropic", gemini: "google" } as const;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The whole of an answer that is given in one piece. */
export interface WholeAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export class AnswerTranslator {
  /** Null for an answer that is given whole: `end()` has it. */
  readonly streamType: string | null;
  readonly #head: ProviderHead;
  readonly #context: AnswerContext;
  readonly #format: AnswerFormat;
  readonly #reader: PartReader;
  readonly #values: JsonValues;
  readonly #writer: StreamWriter | null;
  readonly #assembler = new Assembler();
  readonly #kept: Uint8Array[] = [];
  #usage: Usage | null = null;
  #over = false;

  constructor(head: ProviderHead, options: AnswerOptions) {
    this.#head = head;
    this.#context = { ...options, maker: makers[options.from] };
    this.#format = formats[options.to];
    this.#reader = readers[options.from]();
    const events = head.contentType?.includes("event-stream") ?? false;
    this.#values = new JsonValues(events ? "events" : "json");
    const streams = options.stream && head.status < 400;
    this.#writer = streams ? this.#format.stream(this.#context) : null;
    this.streamType = this.#writer?.contentType ?? null;
  }

  /** The bytes of a stream that may go to the client now; null for none. */
  push(bytes: Uint8Array): Uint8Array<ArrayBuffer> | null {
    if (this.#head.status >= 400) {
      this.#kept.push(bytes);
      return null;
    }
    return this.#take(this.#values.push(bytes));
  }

  /** The last bytes of a stream. */
  endStream(): Uint8Array<ArrayBuffer> | null {
    const rest = this.#take(this.#values.end());
    const last = this.#written(this.#reader.end());
    if (!rest || !last) return rest ?? last;
    return encoder.encode(decoder.decode(rest) + decoder.decode(last));
  }

  /** An answer that is given in one piece. */
  endWhole(): WholeAnswer {
    if (this.#head.status >= 400) return this.#failed();
    this.#take(this.#values.end());
    for (const event of this.#reader.end()) this.#fold(event);
    const message = this.#assembler.message();
    if (message.error) return json(502, this.#format.error(502, message.error));
    const unknown = unknownPart(message);
    if (unknown !== null) return json(502, this.#format.error(502, impossible(unknown)));
    if (!message.complete) {
      return json(
        502,
        this.#format.error(502, {
          code: "upstream_broken",
          message: errors.upstream_broken[1],
        }),
      );
    }
    return json(this.#head.status, this.#format.whole(message, this.#usage, this.#context));
  }

  #failed(): WholeAnswer {
    const { status } = this.#head;
    const text = decoder.decode(joined(this.#kept));
    const value = parseJson(text);
    const error = readErrorBody(Array.isArray(value) ? value[0] : value) ??
      { code: `http_${status}`, message: text.slice(0, 2_000) };
    return json(status, this.#format.error(status, error));
  }

  #take(values: readonly unknown[]): Uint8Array<ArrayBuffer> | null {
    return this.#written(values.flatMap((value) => [...this.#reader.add(value)]));
  }

  #written(events: readonly AnswerEvent[]): Uint8Array<ArrayBuffer> | null {
    let written = "";
    for (const event of events) {
      if (this.#over) break;
      if (!this.#writer) this.#fold(event);
      else if (event.kind === "other") {
        written += this.#writer.write({ kind: "error", ...impossible(event.type) });
        this.#over = true;
      } else {
        written += this.#writer.write(event);
        this.#over = event.kind === "error" || event.kind === "end";
      }
    }
    return written === "" ? null : encoder.encode(written);
  }

  #fold(event: AnswerEvent): void {
    if (event.kind === "usage") this.#usage = event.usage;
    this.#assembler.add(event);
  }
}

function impossible(part: string): { code: string; message: string } {
  return {
    code: "translation_impossible",
    message: `The answer has a part that the client's format has no place for: ${part}.`,
  };
}

function json(status: number, body: unknown): WholeAnswer {
  return {
    status,
    contentType: "application/json",
    bytes: encoder.encode(JSON.stringify(body)),
  };
}
