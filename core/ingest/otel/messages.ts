/**
 * Messages in all their forms as one: `{role, content, tool_calls?, tool_call_id?}`, as OpenAI's API has
 * them and everything that shows bodies understands.
 *
 * @module
 */
import type { ToolCall } from "../../event/call.ts";
import { fields, type JsonObject, object, objects, text } from "../../json.ts";
import { textOf } from "../text.ts";
import { contentOf, isCall, isResult, partTexts, resultOf } from "./message_parts.ts";
import { parsed } from "./read_attributes.ts";
import type { Attributes, OtelEvent, Value } from "./span.ts";

export interface Message {
  readonly role: string;
  readonly content: unknown;
  readonly tool_calls?: readonly OpenAiCall[];
  readonly tool_call_id?: string;
  readonly finish_reason?: string;
  readonly reasoning_content?: string;
}

interface OpenAiCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

/** A list of messages, as JSON or already read; null when it is none. */
export function messagesOf(value: Value, role: string): Message[] | null {
  const list = typeof value === "string" ? parsed(value) : value;
  if (!Array.isArray(list)) {
    const one = object(list);
    if (!one) return null;
    // The AI SDK's `{system, messages}` and `{prompt}`.
    return Array.isArray(one.messages)
      ? [...systemMessage(one.system), ...objects(one.messages).flatMap((m) => messageOf(m, role))]
      : typeof one.role === "string"
      ? messageOf(one, role)
      : null;
  }
  const messages = objects(list.map((one) => typeof one === "string" ? parsed(one) : one));
  if (messages.length === 0 || messages.length < list.length) return null;
  if (!messages.some((one) => "role" in one || "parts" in one || "content" in one)) return null;
  return messages.flatMap((message) => messageOf(message, role));
}

/** What stands before the messages: text, or parts. */
export function systemMessage(value: unknown): Message[] {
  const read = typeof value === "string" ? parsed(value) : value;
  if (read === null || read === undefined || read === "") return [];
  const content = Array.isArray(read) ? partTexts(read) : textOf(read);
  return content === "" ? [] : [{ role: "system", content }];
}

function messageOf(message: JsonObject, otherwise: string): Message[] {
  const role = text(message.role) ?? otherwise;
  const parts = Array.isArray(message.parts)
    ? message.parts
    : Array.isArray(message.content)
    ? message.content
    : null;
  const finish = text(message.finish_reason);
  const thought = text(message.reasoning_content) ?? text(message.reasoning);
  const extra = {
    ...(finish && { finish_reason: finish }),
    ...(thought && { reasoning_content: thought }),
  };
  if (!parts) {
    const calls = [
      ...toolCalls(message.tool_calls ?? message.toolCalls),
      ...formerCall(message),
    ];
    const id = text(message.tool_call_id) ?? text(message.toolCallId);
    return [{
      role,
      content: message.content ?? null,
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(id !== null && { tool_call_id: id }),
      ...extra,
    }];
  }
  const results = objects(parts).filter(isResult);
  const calls = [...toolCalls(parts.filter(isCall)), ...toolCalls(message.tool_calls)];
  const rest = parts.filter((part) => !isCall(part) && !isResult(fields(part)));
  const { content, reasoning } = contentOf(rest);
  const id = text(message.tool_call_id);
  const own: Message[] = rest.length > 0 || calls.length > 0 || results.length === 0
    ? [{
      role,
      content,
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(id !== null && { tool_call_id: id }),
      ...extra,
      ...(reasoning !== null && { reasoning_content: reasoning }),
    }]
    : [];
  return [
    ...own,
    ...results.map((part): Message => ({
      role: "tool",
      content: resultOf(part),
      tool_call_id: text(part.id) ?? text(part.toolCallId) ?? text(part.tool_use_id) ?? "",
    })),
  ];
}

function toolCalls(value: unknown): OpenAiCall[] {
  const list = typeof value === "string" ? parsed(value) : value;
  return objects(list).map((call) => {
    const called = fields(call.function);
    return {
      id: text(call.id) ?? text(call.toolCallId) ?? text(call.tool_call_id) ?? "",
      type: "function",
      function: {
        name: text(called.name) ?? text(call.name) ?? text(call.toolName) ?? "",
        arguments: textOf(
          called.arguments ?? call.arguments ?? call.args ?? call.input ?? "",
        ),
      },
    };
  });
}

/** A function call of before tools: one, without an id. */
function formerCall(message: JsonObject): OpenAiCall[] {
  const call = object(message.function_call);
  const name = text(call?.name) ?? text(message.function_call_name);
  if (name === null) return [];
  const given = call?.arguments ?? message.function_call_arguments_json ?? "";
  return [{ id: "", type: "function", function: { name, arguments: textOf(given) } }];
}

/** The tool calls of messages, as events keep them. */
export function callsOf(messages: readonly Message[]): ToolCall[] {
  return messages.flatMap(({ tool_calls = [] }) =>
    tool_calls.map(({ id, function: called }) => ({ id, ...called }))
  );
}

/** The AI SDK's answer: a text, tool calls and reasoning apart. */
export function answerMessage(words: Value, calls: Value, thoughts: Value): Message | null {
  const made = toolCalls(calls);
  const reasoning = text(thoughts) || null;
  if ((words === null || words === "") && made.length === 0 && reasoning === null) return null;
  return {
    role: "assistant",
    content: words === null || words === "" ? null : textOf(words),
    ...(made.length > 0 && { tool_calls: made }),
    ...(reasoning !== null && { reasoning_content: reasoning }),
  };
}

/**
 * Messages spread over attributes: `0.role`, `0.content`, `0.tool_calls.0.name`, or OpenInference's
 * `0.message.role`, `0.message.tool_calls.0.tool_call.function.name`.
 */
export function spreadMessages(family: Attributes, role: string): Message[] {
  const byPlace = new Map<number, Record<string, Value>>();
  for (const name in family) {
    const match = /^(\d{1,4})\.(?:message\.)?(.+)$/.exec(name);
    if (!match?.[1] || !match[2]) continue;
    const place = Number(match[1]);
    const message = byPlace.get(place) ?? {};
    byPlace.set(place, message);
    message[match[2]] = family[name] ?? null;
  }
  return [...byPlace].sort(([a], [b]) => a - b).flatMap(([, message]) =>
    messageOf({ ...message, ...nested(message) }, role)
  );
}

/** The lists inside one spread message. */
function nested(message: Readonly<Record<string, Value>>): JsonObject {
  const calls = new Map<number, Record<string, Value>>();
  const contents = new Map<number, Record<string, Value>>();
  for (const name in message) {
    const call = /^tool_calls\.(\d{1,4})\.(?:tool_call\.)?(?:function\.)?(.+)$/.exec(name);
    if (call?.[1] && call[2]) put(calls, Number(call[1]), call[2], message[name] ?? null);
    const part = /^contents\.(\d{1,4})\.message_content\.(.+)$/.exec(name);
    if (part?.[1] && part[2]) put(contents, Number(part[1]), part[2], message[name] ?? null);
  }
  const { content } = message;
  return {
    ...(calls.size > 0 && { tool_calls: inOrder(calls) }),
    ...(contents.size > 0
      ? { content: inOrder(contents) }
      : typeof content === "string" && /^\s*\[/.test(content) && { content: parsed(content) }),
  };
}

function put(
  lists: Map<number, Record<string, Value>>,
  place: number,
  name: string,
  value: Value,
): void {
  const one = lists.get(place) ?? {};
  lists.set(place, one);
  one[name] = value;
}

function inOrder<T>(lists: ReadonlyMap<number, T>): T[] {
  return [...lists].sort(([a], [b]) => a - b).map(([, one]) => one);
}

/** Messages that older instrumentations send as the span's events. */
export function eventMessages(
  events: readonly OtelEvent[],
): { readonly asked: Message[]; readonly answered: Message[] } {
  const asked: Message[] = [];
  const answered: Message[] = [];
  for (const { name, attributes } of events) {
    const role = /^gen_ai\.(system|user|assistant|tool)\.message$/.exec(name)?.[1];
    if (role) asked.push(...messageOf({ ...attributes, tool_call_id: attributes.id }, role));
    if (name === "gen_ai.choice") {
      const { message, finish_reason, content, tool_calls } = attributes;
      const read = typeof message === "string" ? parsed(message) : message;
      const own = {
        ...(content !== undefined && { content }),
        ...(tool_calls !== undefined && { tool_calls }),
      };
      answered.push(...messageOf({ ...own, ...fields(read), finish_reason }, "assistant"));
    }
    const { "gen_ai.prompt": prompt, "gen_ai.completion": completion } = attributes;
    if (name === "gen_ai.content.prompt" && prompt !== undefined) {
      asked.push(...messagesOf(prompt, "user") ?? [{ role: "user", content: prompt }]);
    }
    if (name === "gen_ai.content.completion" && completion !== undefined) {
      answered.push(
        ...messagesOf(completion, "assistant") ?? [{ role: "assistant", content: completion }],
      );
    }
    asked.push(...systemMessage(attributes["gen_ai.system_instructions"]));
    const details = attributes["gen_ai.input.messages"];
    if (details !== undefined) asked.push(...messagesOf(details, "user") ?? []);
    const output = attributes["gen_ai.output.messages"];
    if (output !== undefined) answered.push(...messagesOf(output, "assistant") ?? []);
  }
  return { asked, answered };
}
