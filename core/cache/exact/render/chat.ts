/**
 * OpenAI Chat Completions and the older Completions.
 *
 * @module
 */
import { fields, type JsonObject, object, objects } from "../../../json.ts";
import { eventText } from "./events.ts";
import { inOrder, mergeDelta } from "./merge.ts";
import type { Rendering } from "./rendering.ts";

export const chat: Rendering = { stream, fold };

function stream(answer: JsonObject, { usage: withUsage }: { readonly usage: boolean }): string {
  const { choices, usage, object: kind, ...head } = answer;
  const isText = kind === "text_completion";
  const chunk = (choice: unknown) =>
    eventText({
      ...head,
      object: isText ? kind : "chat.completion.chunk",
      choices: choice === null ? [] : [choice],
      // Asked for, it is told as null until the last chunk.
      ...(withUsage && { usage: choice === null ? usage : null }),
    });
  let text = "";
  for (const choice of objects(choices)) {
    const parts = isText ? textParts(choice) : messageParts(choice);
    for (const part of parts) text += chunk(part);
  }
  if (withUsage && usage !== undefined) text += chunk(null);
  return `${text}data: [DONE]\n\n`;
}

function textParts({ finish_reason, ...choice }: JsonObject): JsonObject[] {
  return [
    { ...choice, finish_reason: null },
    { index: choice.index, text: "", logprobs: null, finish_reason },
  ];
}

function messageParts({ message, finish_reason, logprobs, ...choice }: JsonObject): JsonObject[] {
  const { role, content, tool_calls, ...others } = fields(message);
  const part = (delta: JsonObject, more: JsonObject = {}): JsonObject => ({
    ...choice,
    delta,
    logprobs: null,
    finish_reason: null,
    ...more,
  });
  const said = Object.entries(others).filter(([, value]) => value !== null);
  return [
    part({ role: role ?? "assistant", content: content === null ? null : "" }),
    ...(said.length > 0 ? [part(Object.fromEntries(said))] : []),
    ...(content ? [part({ content }, { logprobs: logprobs ?? null })] : []),
    ...objects(tool_calls).map((call, index) => part({ tool_calls: [{ index, ...call }] })),
    part({}, { finish_reason }),
  ];
}

function fold(events: readonly unknown[]): JsonObject | null {
  let answer: Record<string, unknown> | null = null;
  const choices = new Map<unknown, Record<string, unknown>>();
  for (const event of events) {
    const chunk = object(event);
    if (!chunk || !Array.isArray(chunk.choices)) continue;
    // Padding against who counts a stream's bytes.
    const { choices: parts, obfuscation: _, ...head } = chunk;
    for (const [name, value] of Object.entries(head)) {
      if (value !== null) (answer ??= {})[name] = value;
    }
    for (const part of objects(parts)) addPart(choices, part);
  }
  if (!answer) return null;
  const isText = answer.object === "text_completion";
  return {
    ...answer,
    ...(!isText && { object: "chat.completion" }),
    choices: inOrder(choices).map((choice) => isText ? choice : messageOf(choice)),
  };
}

function addPart(choices: Map<unknown, Record<string, unknown>>, part: JsonObject): void {
  const index = part.index ?? 0;
  const choice = choices.get(index) ?? { index };
  choices.set(index, choice);
  const { delta, finish_reason, logprobs, text, ...others } = part;
  Object.assign(choice, others);
  if (object(delta)) choice.message = mergeDelta(fields(choice.message), fields(delta));
  if (typeof text === "string") choice.text = `${choice.text ?? ""}${text}`;
  if (object(logprobs)) choice.logprobs = mergeDelta(fields(choice.logprobs), fields(logprobs));
  choice.logprobs ??= null;
  choice.finish_reason = finish_reason ?? choice.finish_reason ?? null;
}

function messageOf(choice: Record<string, unknown>): JsonObject {
  const { tool_calls, ...message } = fields(choice.message);
  const calls = objects(tool_calls).map(({ index: _, ...call }) => call);
  const empty = calls.length > 0 && message.content === "";
  return {
    ...choice,
    message: {
      role: "assistant",
      content: null,
      refusal: null,
      ...message,
      ...(empty && { content: null }),
      ...(calls.length > 0 && { tool_calls: calls }),
    },
  };
}
