/**
 * Parts of OpenAI's chat completions, and of what other providers add to them: reasoning as
 * `reasoning_content` (DeepSeek), `reasoning` (Groq, OpenRouter) or a list of details (OpenRouter),
 * content as a list of parts (Mistral), signatures of tool calls (Google).
 *
 * @module
 */
import { readError } from "../formats/error.ts";
import { argumentsText, fields, type JsonObject, object, objects, text } from "../../json.ts";
import { readChatUsage } from "../formats/openai_usage.ts";
import type { AnswerEvent, Finish, PartReader } from "./events.ts";

const finishes: Readonly<Record<string, Finish>> = {
  stop: "stop",
  length: "length",
  tool_calls: "tool_calls",
  function_call: "tool_calls",
  content_filter: "content_filter",
};

export class ChatParts implements PartReader {
  #started = false;
  #ended = false;
  #finished = false;

  add(value: unknown): readonly AnswerEvent[] {
    if (value === "[DONE]") return this.#end();
    const body = object(value);
    if (!body) return [];
    const error = readError(body);
    if (error) return [{ kind: "error", ...error }];
    const events: AnswerEvent[] = [];
    const whole = objects(body.choices).some((choice) => object(choice.message));
    const [id, model] = [text(body.id), text(body.model)];
    // Azure sends an empty chunk first that tells of its filters alone.
    if (!this.#started && (id || model)) {
      this.#started = true;
      events.push({ kind: "start", id, model });
    }
    objects(body.choices).forEach((choice, i) => events.push(...choiceEvents(choice, i)));
    this.#finished ||= events.some(({ kind }) => kind === "finish");
    const usage = readChatUsage(body.usage ?? fields(body.x_groq).usage);
    if (usage) events.push({ kind: "usage", usage });
    return whole ? [...events, ...this.#end()] : events;
  }

  /** Not every provider says that nothing follows; a reason to finish says it too. */
  end(): readonly AnswerEvent[] {
    return this.#finished ? this.#end() : [];
  }

  #end(): readonly AnswerEvent[] {
    if (this.#ended) return [];
    this.#ended = true;
    return [{ kind: "end" }];
  }
}

function* choiceEvents(choice: JsonObject, position: number): Generator<AnswerEvent> {
  const at = String(choice.index ?? position);
  const message = object(choice.delta) ?? object(choice.message);
  if (message) {
    yield* reasoningEvents(message, at);
    yield* contentEvents(message.content, at);
    const refusal = text(message.refusal);
    if (refusal) yield { kind: "refusal", key: at, text: refusal };
    for (const [i, call] of objects(message.tool_calls).entries()) {
      // Several calls of one delta may come without an index: then their ids tell them apart.
      yield toolEvent(`${at}:${call.index ?? text(call.id) ?? i}`, call);
    }
    if (object(message.function_call)) {
      yield toolEvent(`${at}:function`, { function: message.function_call });
    }
    const audio = object(message.audio);
    if (audio) yield { kind: "other", key: `${at}:audio`, type: "audio", value: audio };
  }
  const completion = text(choice.text);
  if (completion) yield { kind: "text", key: at, text: completion };
  const raw = text(choice.finish_reason);
  if (raw) yield { kind: "finish", reason: finishes[raw] ?? "stop", raw };
}

function* contentEvents(content: unknown, at: string): Generator<AnswerEvent> {
  if (typeof content === "string") {
    if (content !== "") yield { kind: "text", key: at, text: content };
    return;
  }
  for (const [i, part] of objects(content).entries()) {
    if (part.type === "text") {
      if (text(part.text)) yield { kind: "text", key: at, text: text(part.text) ?? "" };
    } else if (part.type === "thinking") {
      const thought = typeof part.thinking === "string"
        ? part.thinking
        : objects(part.thinking).map(({ text: piece }) => text(piece) ?? "").join("");
      if (thought) yield { kind: "reasoning", key: at, text: thought };
    } else {
      yield { kind: "other", key: `${at}:${i}`, type: text(part.type) ?? "part", value: part };
    }
  }
}

function* reasoningEvents(message: JsonObject, at: string): Generator<AnswerEvent> {
  const details = objects(message.reasoning_details);
  if (details.length === 0) {
    const thought = text(message.reasoning_content) ?? text(message.reasoning);
    if (thought) yield { kind: "reasoning", key: at, text: thought };
    return;
  }
  for (const detail of details) {
    const key = `${at}:${detail.index ?? 0}`;
    const data = text(detail.data);
    const signature = text(detail.signature);
    if (data) yield { kind: "redacted", key, data };
    else {
      const thought = text(detail.text) ?? text(detail.summary) ?? "";
      yield { kind: "reasoning", key, text: thought, ...(signature && { signature }) };
    }
  }
}

function toolEvent(key: string, call: JsonObject): AnswerEvent {
  const called = fields(call.function);
  const custom = fields(call.custom);
  const signature = text(fields(fields(call.extra_content).google).thought_signature);
  return {
    kind: "tool",
    key,
    id: text(call.id) ?? "",
    name: text(called.name) ?? text(custom.name) ?? "",
    arguments: argumentsText(called.arguments ?? custom.input),
    ...(signature && { signature }),
  };
}
