/**
 * Answers in Gemini's form. A function call has no deltas there: it goes out when its arguments are
 * whole, everything else at once.
 *
 * @module
 */
import type { Usage } from "../../event/usage.ts";
import { parseExactly } from "../formats/exact_json.ts";
import { object } from "../../json.ts";
import type { Message, Part } from "../message/assemble.ts";
import type { AnswerEvent, Finish } from "../message/events.ts";
import {
  type AnswerContext,
  type AnswerFormat,
  callIdOf,
  type StreamWriter,
} from "./write_answer.ts";
import { geminiUsage } from "./write_usage.ts";

const finishes: Readonly<Record<Finish, string>> = {
  stop: "STOP",
  stop_sequence: "STOP",
  length: "MAX_TOKENS",
  tool_calls: "STOP",
  content_filter: "SAFETY",
  refusal: "SAFETY",
  pause: "OTHER",
};

const statuses: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

export const geminiAnswer: AnswerFormat = {
  stream: (context) => new GenerateStream(context),
  whole,
  error: (status, { code, message }) => ({
    error: { code: status, message, status: statuses[status] ?? code },
  }),
};

function whole(message: Message, usage: Usage | null, context: AnswerContext) {
  let calls = 0;
  const parts = message.parts.flatMap((part) => partOf(part, () => calls++, context));
  return {
    candidates: [{
      content: { parts, role: "model" },
      ...(message.finish && { finishReason: finishes[message.finish.reason] }),
      index: 0,
    }],
    ...(usage && { usageMetadata: geminiUsage(usage) }),
    modelVersion: message.model ?? context.model,
    responseId: message.id ?? context.callId,
  };
}

function partOf(part: Part, place: () => number, context: AnswerContext): unknown[] {
  switch (part.type) {
    case "text":
    case "refusal":
      return [{ text: part.text }];
    case "reasoning":
      return part.text === "" ? [] : [{ text: part.text, thought: true }];
    case "tool_call":
      return [callPart(callIdOf(part.id, place(), context), part.name, part.arguments)];
    case "redacted":
    case "other":
      return [];
  }
}

function callPart(id: string, name: string, json: string) {
  return { functionCall: { id, name, args: object(parseExactly(json || "{}")) ?? {} } };
}

interface OpenCall {
  readonly id: string;
  readonly name: string;
  json: string;
}

class GenerateStream implements StreamWriter {
  readonly contentType: string;
  readonly #context: AnswerContext;
  readonly #calls = new Map<string, OpenCall>();
  #made = 0;
  #id: string;
  #model: string;
  #chunks = 0;
  #finish: Finish | null = null;
  #usage: Usage | null = null;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#id = context.callId;
    this.#model = context.model;
    this.contentType = context.asList ? "application/json; charset=UTF-8" : "text/event-stream";
  }

  write(event: AnswerEvent): string {
    switch (event.kind) {
      case "start":
        this.#id = event.id ?? this.#id;
        this.#model = event.model ?? this.#model;
        return "";
      case "text":
      case "refusal":
        return event.text === "" ? "" : this.#before() + this.#parts([{ text: event.text }]);
      case "reasoning":
        if (event.text === "") return "";
        return this.#before() + this.#parts([{ text: event.text, thought: true }]);
      case "tool":
        return this.#tool(event);
      case "finish":
        this.#finish = event.reason;
        return "";
      case "usage":
        this.#usage = event.usage;
        return "";
      case "error":
        return this.#chunk(geminiAnswer.error(500, event)) + (this.#context.asList ? "]" : "");
      case "end":
        return this.#end();
      case "redacted":
      case "other":
        return "";
    }
  }

  #tool(event: Extract<AnswerEvent, { kind: "tool" }>): string {
    const known = this.#calls.get(event.key);
    if (known) {
      known.json += event.arguments;
      return "";
    }
    const before = this.#whole();
    const id = callIdOf(event.id, this.#made++, this.#context);
    this.#calls.set(event.key, { id, name: event.name, json: event.arguments });
    return before;
  }

  /** The calls whose arguments are whole. */
  #whole(): string {
    let written = "";
    for (const [key, { id, name, json }] of this.#calls) {
      if (parseExactly(json) === undefined) continue;
      this.#calls.delete(key);
      written += this.#parts([callPart(id, name, json)]);
    }
    return written;
  }

  #before(): string {
    return this.#calls.size > 0 ? this.#whole() : "";
  }

  #end(): string {
    let written = "";
    for (const { id, name, json } of this.#calls.values()) {
      written += this.#parts([callPart(id, name, json)]);
    }
    this.#calls.clear();
    const last = this.#chunk({
      candidates: [{
        content: { parts: [], role: "model" },
        // Some providers end a stream without giving a reason.
        finishReason: finishes[this.#finish ?? "stop"],
        index: 0,
      }],
      ...(this.#usage && { usageMetadata: geminiUsage(this.#usage) }),
      modelVersion: this.#model,
      responseId: this.#id,
    });
    return written + last + (this.#context.asList ? "]" : "");
  }

  #parts(parts: readonly unknown[]): string {
    return this.#chunk({
      candidates: [{ content: { parts, role: "model" }, index: 0 }],
      modelVersion: this.#model,
      responseId: this.#id,
    });
  }

  #chunk(value: unknown): string {
    const first = this.#chunks++ === 0;
    if (!this.#context.asList) return `data: ${JSON.stringify(value)}\r\n\r\n`;
    return `${first ? "[" : ",\r\n"}${JSON.stringify(value)}`;
  }
}
