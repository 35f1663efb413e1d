/**
 * Answers in OpenAI's chat form. Reasoning stands in `reasoning_content`, as DeepSeek's clients read it,
 * and with its signature in `reasoning_details`, as OpenRouter's do: sent back, it reaches its maker.
 *
 * @module
 */
import type { Usage } from "../../event/usage.ts";
import type { Message } from "../message/assemble.ts";
import type { AnswerEvent, Finish } from "../message/events.ts";
import {
  type AnswerContext,
  type AnswerFormat,
  callIdOf,
  type StreamWriter,
} from "./write_answer.ts";
import { reasoningDetail } from "./write_openai.ts";
import { openaiUsage } from "./write_usage.ts";

const finishes: Readonly<Record<Finish, string>> = {
  stop: "stop",
  stop_sequence: "stop",
  length: "length",
  tool_calls: "tool_calls",
  content_filter: "content_filter",
  refusal: "content_filter",
  pause: "stop",
};

export const openaiAnswer: AnswerFormat = {
  stream: (context) => new ChatStream(context),
  whole,
  error: (status, { code, message }) => ({
    error: {
      message,
      type: status < 500 ? "invalid_request_error" : "api_error",
      param: null,
      code,
    },
  }),
};

function whole(message: Message, usage: Usage | null, context: AnswerContext) {
  const { parts, finish } = message;
  const joined = (type: "text" | "refusal" | "reasoning") =>
    parts.map((part) => part.type === type ? part.text : "").join("");
  const details = parts.filter((part) => part.type === "reasoning" || part.type === "redacted")
    .map((part, i) =>
      reasoningDetail({
        text: part.type === "reasoning" ? part.text : "",
        signature: part.type === "reasoning" ? part.signature ?? null : null,
        data: part.type === "redacted" ? part.data : null,
        maker: context.maker,
      }, i)
    );
  const calls = parts.filter((part) => part.type === "tool_call").map((call, i) => ({
    id: callIdOf(call.id, i, context),
    type: "function",
    function: { name: call.name, arguments: call.arguments || "{}" },
    ...signed(call.signature),
  }));
  return {
    id: message.id ?? `chatcmpl-${context.callId}`,
    object: "chat.completion",
    created: context.created,
    model: message.model ?? context.model,
    choices: [{
      index: 0,
      message: {
        role: "assistant",
        content: joined("text") || null,
        refusal: joined("refusal") || null,
        ...(details.length > 0 && {
          reasoning_content: joined("reasoning"),
          reasoning_details: details,
        }),
        ...(calls.length > 0 && { tool_calls: calls }),
      },
      logprobs: null,
      finish_reason: finish ? finishes[finish.reason] : null,
    }],
    ...(usage && { usage: openaiUsage(usage) }),
  };
}

function signed(signature: string | undefined) {
  return signature && { extra_content: { google: { thought_signature: signature } } };
}

class ChatStream implements StreamWriter {
  readonly contentType = "text/event-stream; charset=utf-8";
  readonly #context: AnswerContext;
  readonly #calls = new Map<string, number>();
  readonly #thoughts = new Map<string, number>();
  #id: string;
  #model: string;
  #begun = false;
  #usage: Usage | null = null;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#id = `chatcmpl-${context.callId}`;
    this.#model = context.model;
  }

  write(event: AnswerEvent): string {
    switch (event.kind) {
      case "start":
        this.#id = event.id ?? this.#id;
        this.#model = event.model ?? this.#model;
        return this.#begin();
      case "text":
        return event.text === "" ? "" : this.#delta({ content: event.text });
      case "refusal":
        return this.#delta({ refusal: event.text });
      case "reasoning":
        return this.#reasoning(event);
      case "redacted": {
        const details = [this.#detail(event.key, "", null, event.data)];
        return this.#delta({ reasoning_details: details });
      }
      case "tool":
        return this.#tool(event);
      case "finish":
        return this.#chunk([{ index: 0, delta: {}, finish_reason: finishes[event.reason] }]);
      case "usage":
        this.#usage = event.usage;
        return "";
      case "error":
        return sse(openaiAnswer.error(500, event));
      case "end": {
        const usage = this.#usage && this.#context.streamUsage
          ? this.#chunk([], { usage: openaiUsage(this.#usage) })
          : "";
        return `${usage}data: [DONE]\n\n`;
      }
      case "other":
        return "";
    }
  }

  #begin(): string {
    if (this.#begun) return "";
    this.#begun = true;
    return this.#delta({ role: "assistant", content: "" });
  }

  #reasoning({ key, text, signature }: Extract<AnswerEvent, { kind: "reasoning" }>): string {
    if (text === "" && !signature) return "";
    const details = [this.#detail(key, text, signature ?? null, null)];
    return this.#delta({
      ...(text !== "" && { reasoning_content: text }),
      reasoning_details: details,
    });
  }

  #detail(key: string, text: string, signature: string | null, data: string | null) {
    let index = this.#thoughts.get(key);
    if (index === undefined) this.#thoughts.set(key, index = this.#thoughts.size);
    return reasoningDetail({ text, signature, data, maker: this.#context.maker }, index);
  }

  #tool(event: Extract<AnswerEvent, { kind: "tool" }>): string {
    const known = this.#calls.get(event.key);
    if (known !== undefined) {
      if (event.arguments === "") return "";
      return this.#delta({
        tool_calls: [{ index: known, function: { arguments: event.arguments } }],
      });
    }
    const index = this.#calls.size;
    this.#calls.set(event.key, index);
    return this.#delta({
      tool_calls: [{
        index,
        id: callIdOf(event.id, index, this.#context),
        type: "function",
        function: { name: event.name, arguments: event.arguments },
        ...signed(event.signature),
      }],
    });
  }

  #delta(delta: Record<string, unknown>): string {
    const first = this.#begun ? "" : this.#begin();
    return first + this.#chunk([{ index: 0, delta, finish_reason: null }]);
  }

  #chunk(choices: readonly unknown[], more: Record<string, unknown> = {}): string {
    return sse({
      id: this.#id,
      object: "chat.completion.chunk",
      created: this.#context.created,
      model: this.#model,
      choices,
      ...more,
    });
  }
}

function sse(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}
