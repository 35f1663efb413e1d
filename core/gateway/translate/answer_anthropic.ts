/**
 * Answers in Anthropic's form. A stream's blocks come one after the other; the blocks of tool calls
 * that came interleaved stay open until their arguments are whole.
 *
 * @module
 */
import { unknownUsage, type Usage } from "../../event/usage.ts";
import { parseJson } from "../../json.ts";
import { parseExactly } from "../formats/exact_json.ts";
import type { Message, Part } from "../message/assemble.ts";
import type { AnswerEvent, Finish } from "../message/events.ts";
import {
  type AnswerContext,
  type AnswerFormat,
  callIdOf,
  type StreamWriter,
} from "./write_answer.ts";
import { anthropicUsage } from "./write_usage.ts";

const finishes: Readonly<Record<Finish, string>> = {
  stop: "end_turn",
  stop_sequence: "stop_sequence",
  length: "max_tokens",
  tool_calls: "tool_use",
  content_filter: "refusal",
  refusal: "refusal",
  pause: "pause_turn",
};

const errorTypes: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error",
};

export const anthropicAnswer: AnswerFormat = {
  stream: (context) => new MessageStream(context),
  whole,
  error: (status, { code, message }) => ({
    type: "error",
    error: { type: errorTypes[status] ?? "api_error", message, code },
  }),
};

function whole(message: Message, usage: Usage | null, context: AnswerContext) {
  const { finish } = message;
  let calls = 0;
  const refused = message.parts.some(({ type }) => type === "refusal");
  return {
    id: message.id ?? `msg_${context.callId}`,
    type: "message",
    role: "assistant",
    model: message.model ?? context.model,
    content: message.parts.flatMap((part) => blockOf(part, () => calls++, context)),
    stop_reason: finish ? finishes[refused ? "refusal" : finish.reason] : null,
    stop_sequence: finish?.stop ?? null,
    usage: anthropicUsage(usage ?? unknownUsage()),
  };
}

function blockOf(part: Part, place: () => number, context: AnswerContext): unknown[] {
  switch (part.type) {
    case "text":
    case "refusal":
      return [{ type: "text", text: part.text }];
    case "reasoning":
      return [{
        type: "thinking",
        thinking: part.text,
        // The signature of another maker proves nothing to Anthropic.
        signature: context.maker === "anthropic" ? part.signature ?? "" : "",
      }];
    case "redacted":
      return [{ type: "redacted_thinking", data: part.data }];
    case "tool_call":
      return [{
        type: "tool_use",
        id: callIdOf(part.id, place(), context),
        name: part.name,
        input: parseExactly(part.arguments || "{}") ?? {},
      }];
    case "other":
      return [];
  }
}

interface OpenTool {
  readonly index: number;
  json: string;
  open: boolean;
}

class MessageStream implements StreamWriter {
  readonly contentType = "text/event-stream; charset=utf-8";
  readonly #context: AnswerContext;
  readonly #tools = new Map<string, OpenTool>();
  #id: string;
  #model: string;
  #begun = false;
  #blocks = 0;
  /** The text or thinking block that is open: its kind, key and index. */
  #open: { readonly kind: string; readonly key: string; readonly index: number } | null = null;
  #refused = false;
  #finish: Extract<AnswerEvent, { kind: "finish" }> | null = null;
  #usage: Usage | null = null;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#id = `msg_${context.callId}`;
    this.#model = context.model;
  }

  write(event: AnswerEvent): string {
    switch (event.kind) {
      case "start":
        this.#id = event.id ?? this.#id;
        this.#model = event.model ?? this.#model;
        return this.#begin();
      case "text":
        return event.text === "" ? "" : this.#text(event.key, event.text);
      case "refusal":
        this.#refused = true;
        return this.#text(event.key, event.text);
      case "reasoning":
        return this.#reasoning(event);
      case "redacted":
        return this.#redacted(event.data);
      case "tool":
        return this.#tool(event);
      case "finish":
        this.#finish = event;
        return "";
      case "usage":
        this.#usage = event.usage;
        return "";
      case "error":
        return sse("error", anthropicAnswer.error(500, event));
      case "end":
        return this.#end();
      case "other":
        return "";
    }
  }

  #begin(): string {
    if (this.#begun) return "";
    this.#begun = true;
    return sse("message_start", {
      type: "message_start",
      message: {
        id: this.#id,
        type: "message",
        role: "assistant",
        model: this.#model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        // Others tell their usage at the end; `message_delta` has it.
        usage: anthropicUsage(this.#usage ?? unknownUsage()),
      },
    });
  }

  #text(key: string, text: string): string {
    const [written, index] = this.#block("text", key, { type: "text", text: "" });
    return written + delta(index, { type: "text_delta", text });
  }

  #reasoning({ key, text, signature }: Extract<AnswerEvent, { kind: "reasoning" }>): string {
    const own = this.#context.maker === "anthropic" ? signature : undefined;
    if (text === "" && !own) return "";
    const empty = { type: "thinking", thinking: "", signature: "" };
    const [written, index] = this.#block("thinking", key, empty);
    return written +
      (text === "" ? "" : delta(index, { type: "thinking_delta", thinking: text })) +
      (own ? delta(index, { type: "signature_delta", signature: own }) : "");
  }

  #redacted(data: string): string {
    const index = this.#blocks;
    return this.#begin() + this.#close() + this.#start({ type: "redacted_thinking", data }) +
      stop(index);
  }

  #tool(event: Extract<AnswerEvent, { kind: "tool" }>): string {
    let written = this.#begin() + this.#close();
    let tool = this.#tools.get(event.key);
    if (!tool) {
      written += this.#closeWholeTools();
      const id = callIdOf(event.id, this.#tools.size, this.#context);
      tool = { index: this.#blocks, json: "", open: true };
      this.#tools.set(event.key, tool);
      written += this.#start({ type: "tool_use", id, name: event.name, input: {} });
    }
    if (event.arguments === "" || !tool.open) return written;
    tool.json += event.arguments;
    return written +
      delta(tool.index, { type: "input_json_delta", partial_json: event.arguments });
  }

  /** The index of the block that takes this piece; opens it if need be. */
  #block(kind: string, key: string, empty: Record<string, unknown>): [string, number] {
    let written = this.#begin();
    if (this.#open?.kind === kind && this.#open.key === key) return [written, this.#open.index];
    written += this.#close() + this.#closeWholeTools();
    this.#open = { kind, key, index: this.#blocks };
    return [written + this.#start(empty), this.#open.index];
  }

  #start(content_block: Record<string, unknown>): string {
    const index = this.#blocks++;
    return sse("content_block_start", { type: "content_block_start", index, content_block });
  }

  #close(): string {
    const open = this.#open;
    this.#open = null;
    return open ? stop(open.index) : "";
  }

  #closeWholeTools(all = false): string {
    let written = "";
    for (const tool of this.#tools.values()) {
      if (!tool.open || !(all || parseJson(tool.json) !== undefined)) continue;
      tool.open = false;
      written += stop(tool.index);
    }
    return written;
  }

  #end(): string {
    // Some providers end a stream without giving a reason.
    const given = this.#finish?.reason ?? (this.#tools.size > 0 ? "tool_calls" : "stop");
    const reason = this.#refused ? "refusal" : given;
    return this.#begin() + this.#close() + this.#closeWholeTools(true) +
      sse("message_delta", {
        type: "message_delta",
        delta: { stop_reason: finishes[reason], stop_sequence: this.#finish?.stop ?? null },
        usage: anthropicUsage(this.#usage ?? unknownUsage()),
      }) + sse("message_stop", { type: "message_stop" });
  }
}

function delta(index: number, piece: Record<string, unknown>): string {
  return sse("content_block_delta", { type: "content_block_delta", index, delta: piece });
}

function stop(index: number): string {
  return sse("content_block_stop", { type: "content_block_stop", index });
}

function sse(event: string, value: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(value)}\n\n`;
}
