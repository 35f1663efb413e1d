/**
 * Parts of Anthropic's messages. A stream that begins again (a proxy sent `message_start` twice, or
 * several messages were spliced together) goes on with new blocks.
 *
 * @module
 */
import { readAnthropicUsage } from "../formats/anthropic.ts";
import { readError } from "../formats/error.ts";
import { argumentsText, fields, type JsonObject, object, objects, text } from "../../json.ts";
import type { AnswerEvent, Finish, PartReader } from "./events.ts";

const finishes: Readonly<Record<string, Finish>> = {
  end_turn: "stop",
  stop_sequence: "stop_sequence",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  pause_turn: "pause",
  refusal: "refusal",
};

interface Block {
  readonly type: string;
  readonly key: string;
  readonly content: JsonObject;
  /** Arguments came in pieces; what the block began with is a placeholder. */
  pieces: boolean;
  /** Of a block that we do not know. */
  deltas: Record<string, unknown>;
}

export class AnthropicParts implements PartReader {
  #starts = 0;
  readonly #open = new Map<unknown, Block>();
  readonly #usage: Record<string, unknown> = {};

  add(value: unknown): readonly AnswerEvent[] {
    const body = fields(value);
    switch (body.type) {
      case "message":
        return [...this.#whole(body), { kind: "end" }];
      case "message_start":
        return this.#start(fields(body.message));
      case "content_block_start":
        return this.#begin(body.index, fields(body.content_block));
      case "content_block_delta":
        return this.#delta(body.index, fields(body.delta));
      case "content_block_stop":
        return this.#close(body.index);
      case "message_delta":
        return [...this.#merge(body.usage), ...finishEvents(fields(body.delta))];
      case "message_stop":
        return [{ kind: "end" }];
      default: {
        const error = readError(body);
        return error ? [{ kind: "error", ...error }] : [];
      }
    }
  }

  end(): readonly AnswerEvent[] {
    return [...this.#open.keys()].flatMap((index) => this.#close(index));
  }

  #start(message: JsonObject): AnswerEvent[] {
    const left = this.end();
    this.#starts++;
    const first: AnswerEvent = { kind: "start", id: text(message.id), model: text(message.model) };
    const content = objects(message.content)
      .flatMap((block, i) => [...this.#begin(i, block), ...this.#close(i)]);
    return [
      ...left,
      ...(this.#starts === 1 ? [first] : []),
      ...this.#merge(message.usage),
      ...content,
      ...finishEvents(message),
    ];
  }

  #whole(message: JsonObject): AnswerEvent[] {
    return this.#start(message);
  }

  #begin(index: unknown, content: JsonObject): AnswerEvent[] {
    const type = text(content.type) ?? "";
    const key = `${this.#starts}:${index}`;
    this.#open.set(index, { type, key, content, pieces: false, deltas: {} });
    switch (type) {
      case "text":
        return [{ kind: "text", key, text: text(content.text) ?? "" }];
      case "thinking":
        return [reasoning(key, text(content.thinking) ?? "", text(content.signature))];
      case "redacted_thinking":
        return [{ kind: "redacted", key, data: text(content.data) ?? "" }];
      case "tool_use":
        return [{
          kind: "tool",
          key,
          id: text(content.id) ?? "",
          name: text(content.name) ?? "",
          arguments: "",
        }];
      default:
        return [];
    }
  }

  #delta(index: unknown, delta: JsonObject): AnswerEvent[] {
    const block = this.#open.get(index);
    if (!block) return [];
    const { key } = block;
    switch (delta.type) {
      case "text_delta":
        return [{ kind: "text", key, text: text(delta.text) ?? "" }];
      case "thinking_delta":
        return [reasoning(key, text(delta.thinking) ?? "", null)];
      case "signature_delta":
        return [reasoning(key, "", text(delta.signature))];
      case "input_json_delta": {
        const json = text(delta.partial_json) ?? "";
        block.pieces ||= json !== "";
        if (block.type === "tool_use") {
          return json === "" ? [] : [{ kind: "tool", key, id: "", name: "", arguments: json }];
        }
        block.deltas.input = String(block.deltas.input ?? "") + json;
        return [];
      }
      default:
        // Citations and what is not known yet.
        for (const [name, piece] of Object.entries(delta)) {
          if (name === "type") continue;
          const known = block.deltas[name];
          block.deltas[name] = typeof piece === "string" && typeof known === "string"
            ? known + piece
            : piece;
        }
        return [];
    }
  }

  #close(index: unknown): AnswerEvent[] {
    const block = this.#open.get(index);
    this.#open.delete(index);
    if (!block) return [];
    const { type, key, content, pieces, deltas } = block;
    if (type === "tool_use") {
      if (pieces) return [];
      // Whole at once, or without arguments.
      const whole = argumentsText(object(content.input) ?? {});
      return [{ kind: "tool", key, id: "", name: "", arguments: whole }];
    }
    if (["text", "thinking", "redacted_thinking"].includes(type)) return [];
    return [{ kind: "other", key, type, value: { ...content, ...deltas } }];
  }

  /** Cumulative: the last value of each field counts. */
  #merge(usage: unknown): AnswerEvent[] {
    for (const [name, value] of Object.entries(fields(usage))) {
      if (value !== null && value !== undefined) this.#usage[name] = value;
    }
    const read = readAnthropicUsage(this.#usage);
    return read ? [{ kind: "usage", usage: read }] : [];
  }
}

function reasoning(key: string, thought: string, signature: string | null): AnswerEvent {
  return { kind: "reasoning", key, text: thought, ...(signature && { signature }) };
}

function finishEvents(message: JsonObject): AnswerEvent[] {
  const raw = text(message.stop_reason);
  if (!raw) return [];
  const stop = text(message.stop_sequence);
  return [{ kind: "finish", reason: finishes[raw] ?? "stop", raw, ...(stop && { stop }) }];
}
