/**
 * The tool calls whose results a request brings: together with the answer that asked for them they
 * tell how long a tool took, without anything else being recorded.
 *
 * @module
 */
import { fields, type JsonObject, objects, text } from "../../json.ts";

/** Ids kept of one request, the latest: an agent's request repeats its whole history. */
const mostIds = 32;
/** Messages looked at, from the end. */
const mostMessages = 64;

const none: readonly string[] = [];

/**
 * The ids in OpenAI's (`messages`, `input`) and Anthropic's dialects, latest last; empty for others,
 * which name no ids.
 *
 * @example
 * ```ts
 * import { toolResultIds } from "@/core/gateway/formats/tool_results.ts";
 * import { expect } from "expect";
 *
 * const messages = [{ role: "tool", tool_call_id: "call_1", content: "sunny" }];
 * expect(toolResultIds({ messages })).toEqual(["call_1"]);
 * ```
 */
export function toolResultIds(body: unknown): readonly string[] {
  const { messages, input } = fields(body);
  const items = Array.isArray(messages) ? messages : Array.isArray(input) ? input : none;
  let ids: string[] | null = null;
  for (let at = items.length - 1; at >= Math.max(0, items.length - mostMessages); at--) {
    for (const id of idsOf(fields(items[at]))) {
      ids ??= [];
      if (ids.length >= mostIds) return ids.reverse();
      if (!ids.includes(id)) ids.push(id);
    }
  }
  return ids?.reverse() ?? none;
}

/** Those of one message, latest first. */
function idsOf(message: JsonObject): readonly string[] {
  if (message.role === "tool") return idOf(message.tool_call_id);
  if (message.type === "function_call_output" || message.type === "custom_tool_call_output") {
    return idOf(message.call_id);
  }
  if (message.role !== "user" || !Array.isArray(message.content)) return none;
  return objects(message.content)
    .filter((block) => block.type === "tool_result")
    .flatMap((block) => idOf(block.tool_use_id))
    .reverse();
}

function idOf(value: unknown): readonly string[] {
  const id = text(value);
  return id === null ? none : [id.slice(0, 256)];
}
