/**
 * Anthropic's Messages API.
 *
 * @module
 */
import { fields, type JsonObject, object, objects, parseJson } from "../../../json.ts";
import { eventText } from "./events.ts";
import type { Rendering } from "./rendering.ts";

export const anthropic: Rendering = { stream, fold };

const event = (data: JsonObject) => eventText(data, String(data.type));

function stream(answer: JsonObject): string {
  const { content, stop_reason, stop_sequence, usage, ...message } = answer;
  const blocks = objects(content).map((block, index) => blockEvents(block, index));
  const start = { ...message, content: [], stop_reason: null, stop_sequence: null, usage };
  return [
    event({ type: "message_start", message: start }),
    ...blocks,
    event({ type: "message_delta", delta: { stop_reason, stop_sequence }, usage }),
    event({ type: "message_stop" }),
  ].join("");
}

function blockEvents(block: JsonObject, index: number): string {
  const { begin, deltas } = opened(block);
  return [
    event({ type: "content_block_start", index, content_block: begin }),
    ...deltas.map((delta) => event({ type: "content_block_delta", index, delta })),
    event({ type: "content_block_stop", index }),
  ].join("");
}

/** A block as its stream begins, and what follows. A block of a kind not known comes whole at once. */
function opened(block: JsonObject): { begin: JsonObject; deltas: JsonObject[] } {
  switch (block.type) {
    case "text": {
      const cited = objects(block.citations);
      return {
        begin: { ...block, text: "", ...(cited.length > 0 && { citations: [] }) },
        deltas: [
          ...cited.map((citation) => ({ type: "citations_delta", citation })),
          ...(block.text === "" ? [] : [{ type: "text_delta", text: block.text }]),
        ],
      };
    }
    case "thinking":
      return {
        begin: { ...block, thinking: "", signature: "" },
        deltas: [
          { type: "thinking_delta", thinking: block.thinking ?? "" },
          { type: "signature_delta", signature: block.signature ?? "" },
        ],
      };
    case "tool_use":
    case "server_tool_use":
    case "mcp_tool_use":
      return {
        begin: { ...block, input: {} },
        deltas: [{ type: "input_json_delta", partial_json: JSON.stringify(block.input ?? {}) }],
      };
    default:
      return { begin: block, deltas: [] };
  }
}

type Block = Record<string, unknown>;

function fold(events: readonly unknown[]): JsonObject | null {
  let message: Record<string, unknown> | null = null;
  const blocks: Block[] = [];
  const inputs = new Map<unknown, string>();
  for (const value of events) {
    const body = fields(value);
    switch (body.type) {
      case "message_start":
        message = { ...fields(body.message) };
        break;
      case "content_block_start":
        blocks[Number(body.index)] = { ...fields(body.content_block) };
        break;
      case "content_block_delta":
        addDelta(blocks[Number(body.index)] ?? {}, fields(body.delta), inputs, body.index);
        break;
      case "message_delta":
        if (!message) break;
        Object.assign(message, fields(body.delta));
        message.usage = { ...fields(message.usage), ...known(fields(body.usage)) };
        if (object(body.context_management)) message.context_management = body.context_management;
        break;
    }
  }
  if (!message) return null;
  for (const [index, json] of inputs) {
    const block = blocks[Number(index)];
    if (block) block.input = parseJson(json === "" ? "{}" : json) ?? {};
  }
  return { ...message, content: blocks };
}

function addDelta(
  block: Block,
  delta: JsonObject,
  inputs: Map<unknown, string>,
  index: unknown,
): void {
  const text = (name: string) => `${block[name] ?? ""}${delta[name] ?? ""}`;
  switch (delta.type) {
    case "text_delta":
      block.text = text("text");
      break;
    case "thinking_delta":
      block.thinking = text("thinking");
      break;
    case "signature_delta":
      block.signature = text("signature");
      break;
    case "citations_delta":
      block.citations = [...objects(block.citations), delta.citation];
      break;
    case "input_json_delta":
      inputs.set(index, `${inputs.get(index) ?? ""}${delta.partial_json ?? ""}`);
      break;
  }
}

/** What a stream repeats as null says nothing. */
function known(usage: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null));
}
