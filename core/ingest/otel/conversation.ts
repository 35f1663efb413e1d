/**
 * What was asked and answered in a span, whatever form it was told in.
 *
 * @module
 */
import { object } from "../../json.ts";
import { payloadOf } from "../text.ts";
import { type Fields, textField } from "./field_values.ts";
import type { Field } from "./mapping.ts";
import {
  answerMessage,
  eventMessages,
  type Message,
  messagesOf,
  spreadMessages,
  systemMessage,
} from "./messages.ts";
import { parsed, type Read, type ReadAttributes } from "./read_attributes.ts";
import type { Attributes, OtelSpan, Value } from "./span.ts";
import { toolsOf } from "./tools.ts";

export interface Conversation {
  readonly request: unknown;
  readonly response: unknown;
  readonly answered: readonly Message[];
}

/** What was asked and answered, in the shape of OpenAI's bodies where there are messages. */
export function conversationOf({ fields }: ReadAttributes, span: OtelSpan): Conversation {
  const model = textField(fields.get("model")) || textField(fields.get("response_model"));
  const events = eventMessages(span.events);
  const spread = fields.get("messages_in");
  const given = spread ? readMessages(spread, "user") : [];
  const input = fields.get("input")?.value ?? null;
  const system = systemMessage(fields.get("system")?.value ?? null);
  // What the span says of the system goes before what its events repeat.
  const others = events.asked.filter(({ role }) => system.length === 0 || role !== "system");
  const asked = [
    ...system,
    ...(given.length > 0 ? given : messagesOf(input, "user") ?? others),
  ];
  const tools = toolsOf(fields.get("tools"));
  const request = asked.length > 0
    ? { model, messages: asked, ...(tools.length > 0 && { tools }) }
    : requestOf(model, input);

  const came = fields.get("messages_out");
  const told = came ? readMessages(came, "assistant") : [];
  const apart = answerMessage(
    fields.get("text_out")?.value ?? null,
    fields.get("tool_calls_out")?.value ?? null,
    fields.get("reasoning_out")?.value ?? null,
  );
  const output = fields.get("output")?.value ?? null;
  const answered = told.length > 0
    ? told
    : apart
    ? [apart]
    : messagesOf(output, "assistant") ?? events.answered;
  const response = answered.length > 0
    ? {
      choices: answered.map(({ finish_reason, ...message }, index) => ({
        index,
        message,
        ...(finish_reason !== undefined && { finish_reason }),
      })),
    }
    : typeof output === "string"
    ? parsed(output)
    : output;
  return { request, response, answered };
}

function requestOf(model: string, input: Value): unknown {
  if (input === null) return null;
  const value = typeof input === "string" ? parsed(input) : input;
  return object(value) ?? { model, input: value };
}

function readMessages({ value, isFamily }: Read, role: string): Message[] {
  if (isFamily) return spreadMessages(value as Attributes, role); // A family is an object by name.
  return messagesOf(value, role) ?? [{ role, content: value }];
}

/** What went in and came out of a span that is no call. */
export function spanBodies({ fields }: ReadAttributes, span: OtelSpan) {
  const events = eventMessages(span.events);
  const input = bodyOf(fields, "tool_input", "input", "messages_in", "system") ??
    (events.asked.length > 0 ? events.asked : null);
  const output = bodyOf(fields, "tool_output", "output", "text_out", "messages_out") ??
    (events.answered.length > 0 ? events.answered : null);
  return { input: payloadOf(input), output: payloadOf(output) };
}

/** The first of the fields that is there; JSON in a text as JSON. */
function bodyOf(fields: Fields, ...names: readonly Field[]): unknown {
  for (const name of names) {
    const read = fields.get(name);
    if (!read || read.value === null) continue;
    if (read.isFamily) return readMessages(read, name === "messages_in" ? "user" : "assistant");
    return typeof read.value === "string" ? parsed(read.value) : read.value;
  }
  return null;
}
