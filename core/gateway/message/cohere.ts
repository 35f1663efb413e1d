/**
 * Parts of Cohere's chat, version 2.
 *
 * @module
 */
import { readError } from "../formats/error.ts";
import { argumentsText, fields, type JsonObject, object, objects, text } from "../../json.ts";
import type { AnswerEvent, Finish, PartReader } from "./events.ts";

const finishes: Readonly<Record<string, Finish>> = {
  COMPLETE: "stop",
  STOP_SEQUENCE: "stop_sequence",
  MAX_TOKENS: "length",
  TOOL_CALL: "tool_calls",
};

export class CohereParts implements PartReader {
  add(value: unknown): readonly AnswerEvent[] {
    const event = fields(value);
    const delta = fields(event.delta);
    const message = fields(delta.message);
    const key = String(event.index ?? 0);
    switch (event.type) {
      case undefined:
        return whole(event);
      case "message-start":
        return [{ kind: "start", id: text(event.id), model: null }];
      case "content-start":
      case "content-delta":
        return contentEvents(fields(message.content), key);
      case "tool-plan-delta":
        return [{ kind: "reasoning", key: "plan", text: text(message.tool_plan) ?? "" }];
      case "tool-call-start":
      case "tool-call-delta":
        return [toolEvent(fields(message.tool_calls), key)];
      case "message-end":
        return [...finishEvents(delta), { kind: "end" }];
      default: {
        const error = readError(event);
        return error ? [{ kind: "error", ...error }] : [];
      }
    }
  }

  end(): readonly AnswerEvent[] {
    return [];
  }
}

function whole(body: JsonObject): AnswerEvent[] {
  const error = readError(body);
  if (error) return [{ kind: "error", ...error }];
  const message = object(body.message);
  if (!message) return [];
  const plan = text(message.tool_plan);
  return [
    { kind: "start", id: text(body.id), model: null },
    ...(plan ? [{ kind: "reasoning", key: "plan", text: plan } as const] : []),
    ...objects(message.content).flatMap((part, i) => contentEvents(part, String(i))),
    ...objects(message.tool_calls).map((call, i) => toolEvent(call, String(i))),
    ...finishEvents(body),
    { kind: "end" },
  ];
}

function contentEvents(content: JsonObject, key: string): AnswerEvent[] {
  const thought = text(content.thinking);
  if (thought) return [{ kind: "reasoning", key, text: thought }];
  const said = text(content.text);
  return said ? [{ kind: "text", key, text: said }] : [];
}

function toolEvent(call: JsonObject, key: string): AnswerEvent {
  const called = fields(call.function);
  return {
    kind: "tool",
    key,
    id: text(call.id) ?? "",
    name: text(called.name) ?? "",
    arguments: argumentsText(called.arguments),
  };
}

function finishEvents(body: JsonObject): AnswerEvent[] {
  const raw = text(body.finish_reason);
  return raw ? [{ kind: "finish", reason: finishes[raw] ?? "stop", raw }] : [];
}
