/**
 * Parts of Amazon Bedrock's Converse, as JSON and as the events of its stream.
 *
 * @module
 */
import { readErrorBody } from "../formats/error.ts";
import { argumentsText, fields, type JsonObject, object, objects, text } from "../../json.ts";
import type { AnswerEvent, Finish, PartReader } from "./events.ts";

const finishes: Readonly<Record<string, Finish>> = {
  end_turn: "stop",
  stop_sequence: "stop_sequence",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  guardrail_intervened: "content_filter",
  content_filtered: "content_filter",
};

export class ConverseParts implements PartReader {
  add(value: unknown): readonly AnswerEvent[] {
    const event = object(value);
    if (!event) return [];
    if (event.output !== undefined) return whole(event);
    const start = object(event.contentBlockStart);
    if (start) return blockEvents(fields(start.start), String(start.contentBlockIndex ?? 0));
    const delta = object(event.contentBlockDelta);
    if (delta) return blockEvents(fields(delta.delta), String(delta.contentBlockIndex ?? 0));
    const stop = object(event.messageStop);
    if (stop) return [...finishEvents(stop), { kind: "end" }];
    if (event.messageStart || event.contentBlockStop || event.metadata) return [];
    const name = Object.keys(event).find((key) => /Exception$/.test(key));
    const error = readErrorBody(name ? event[name] : event);
    return error ? [{ kind: "error", code: name ?? error.code, message: error.message }] : [];
  }

  end(): readonly AnswerEvent[] {
    return [];
  }
}

function whole(body: JsonObject): AnswerEvent[] {
  const message = fields(fields(body.output).message);
  return [
    ...objects(message.content).flatMap((block, i) => blockEvents(block, String(i))),
    ...finishEvents(body),
    { kind: "end" },
  ];
}

function blockEvents(block: JsonObject, key: string): AnswerEvent[] {
  const said = text(block.text);
  if (said) return [{ kind: "text", key, text: said }];
  const tool = object(block.toolUse);
  if (tool) {
    return [{
      kind: "tool",
      key,
      id: text(tool.toolUseId) ?? "",
      name: text(tool.name) ?? "",
      arguments: argumentsText(tool.input),
    }];
  }
  const thought = object(block.reasoningContent);
  if (thought) return reasoningEvents(thought, key);
  const type = Object.keys(block)[0];
  return type && type !== "text" ? [{ kind: "other", key, type, value: block }] : [];
}

/** Whole blocks wrap what deltas hold bare. */
function reasoningEvents(content: JsonObject, key: string): AnswerEvent[] {
  const inner = object(content.reasoningText) ?? content;
  const data = text(content.redactedContent);
  if (data) return [{ kind: "redacted", key, data }];
  const signature = text(inner.signature);
  return [{
    kind: "reasoning",
    key,
    text: text(inner.text) ?? "",
    ...(signature && { signature }),
  }];
}

function finishEvents(body: JsonObject): AnswerEvent[] {
  const raw = text(body.stopReason);
  return raw ? [{ kind: "finish", reason: finishes[raw] ?? "stop", raw }] : [];
}
