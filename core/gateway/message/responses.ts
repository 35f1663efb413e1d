/**
 * Parts of OpenAI's Responses API. Deltas are what a client shows; the item that ends them is whole and
 * counts where no delta came.
 *
 * @module
 */
import { readError } from "../formats/error.ts";
import { argumentsText, fields, type JsonObject, object, objects, text } from "../../json.ts";
import { readResponsesUsage } from "../formats/openai_usage.ts";
import type { AnswerEvent, PartReader } from "./events.ts";

export class ResponsesParts implements PartReader {
  #started = false;
  #itemsSeen = false;
  /** Parts that deltas came for, by item and place: their whole text would be twice. */
  readonly #given = new Set<string>();
  readonly #done = new Set<string>();

  add(value: unknown): readonly AnswerEvent[] {
    const event = object(value);
    if (!event) return [];
    const type = text(event.type) ?? "";
    if (event.object === "response" || !type) return this.#response(event);
    switch (type) {
      case "response.created":
      case "response.in_progress":
      case "response.queued":
        return this.#start(fields(event.response));
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
        return this.#response(fields(event.response));
      case "response.output_item.added":
        return this.#added(fields(event.item));
      case "response.output_item.done":
        return this.#item(fields(event.item), String(event.output_index ?? ""));
      case "session.created":
        return this.#start(fields(event.session));
      case "session.closed":
        return [{ kind: "end" }];
      case "error":
        return [{ kind: "error", ...this.#error(event) }];
      default:
        return this.#delta(type, event);
    }
  }

  end(): readonly AnswerEvent[] {
    return [];
  }

  #start(response: JsonObject): AnswerEvent[] {
    if (this.#started) return [];
    this.#started = true;
    return [{ kind: "start", id: text(response.id), model: text(response.model) }];
  }

  #added(item: JsonObject): AnswerEvent[] {
    const call = toolOf(item);
    return call ? [{ ...call, arguments: "" }] : [];
  }

  #delta(type: string, event: JsonObject): AnswerEvent[] {
    const piece = text(event.delta);
    if (piece === null) return [];
    // Live translation speaks a protocol of its own in the same event form.
    if (type === "session.output_transcript.delta") {
      return [{ kind: "text", key: "transcript", text: piece }];
    }
    const item = text(event.item_id) ?? "";
    const key = `${item}:${event.content_index ?? event.summary_index ?? 0}`;
    switch (type) {
      case "response.output_text.delta":
        this.#given.add(`text ${key}`);
        return [{ kind: "text", key, text: piece }];
      case "response.refusal.delta":
        this.#given.add(`text ${key}`);
        return [{ kind: "refusal", key, text: piece }];
      case "response.reasoning_summary_text.delta":
      case "response.reasoning_text.delta":
        this.#given.add(`reasoning ${item}`);
        return [{ kind: "reasoning", key, text: piece }];
      case "response.function_call_arguments.delta":
      case "response.custom_tool_call_input.delta":
        this.#given.add(`tool ${item}`);
        return [{ kind: "tool", key: item, id: "", name: "", arguments: piece }];
      default:
        // Of other items the whole is taken when they are done.
        return [];
    }
  }

  /** A whole item: what deltas have not given yet. */
  #item(item: JsonObject, place: string): AnswerEvent[] {
    this.#itemsSeen = true;
    const id = text(item.id) ?? place;
    if (this.#done.has(id)) return [];
    this.#done.add(id);
    if (item.type === "message") return [...this.#message(item, id)];
    if (item.type === "reasoning") return [...this.#reasoning(item, id)];
    const call = toolOf(item);
    if (call) return [{ ...call, arguments: this.#given.has(`tool ${id}`) ? "" : call.arguments }];
    return [{ kind: "other", key: id, type: text(item.type) ?? "item", value: item }];
  }

  *#message(item: JsonObject, id: string): Generator<AnswerEvent> {
    for (const [i, part] of objects(item.content).entries()) {
      const key = `${id}:${i}`;
      if (this.#given.has(`text ${key}`)) continue;
      if (part.type === "refusal") yield { kind: "refusal", key, text: text(part.refusal) ?? "" };
      else if (part.type === "output_text") {
        yield { kind: "text", key, text: text(part.text) ?? "" };
      } else yield { kind: "other", key, type: text(part.type) ?? "part", value: part };
    }
  }

  *#reasoning(item: JsonObject, id: string): Generator<AnswerEvent> {
    const signature = text(item.encrypted_content);
    const signed = signature && { signature };
    if (this.#given.has(`reasoning ${id}`)) {
      if (signed) yield { kind: "reasoning", key: `${id}:0`, text: "", ...signed };
      return;
    }
    const thoughts = [...objects(item.summary), ...objects(item.content)];
    for (const [i, part] of thoughts.entries()) {
      yield { kind: "reasoning", key: `${id}:${i}`, text: text(part.text) ?? "" };
    }
    if (signed) yield { kind: "reasoning", key: `${id}:0`, text: "", ...signed };
  }

  #response(response: JsonObject): AnswerEvent[] {
    const error = readError(response);
    const events: AnswerEvent[] = this.#start(response);
    // Some servers tell the items only one by one, some only at the end.
    if (!this.#itemsSeen) {
      objects(response.output).forEach((item, i) => events.push(...this.#item(item, String(i))));
    }
    if (error) events.push({ kind: "error", ...error });
    const usage = readResponsesUsage(response.usage);
    if (usage) events.push({ kind: "usage", usage });
    const finish = finishOf(response);
    if (finish) events.push(finish);
    this.#itemsSeen = false;
    return [...events, { kind: "end" }];
  }

  #error(event: JsonObject) {
    return readError(event) ??
      { code: text(event.code) ?? "error", message: text(event.message) ?? "" };
  }
}

function toolOf(item: JsonObject): Extract<AnswerEvent, { kind: "tool" }> | null {
  if (item.type !== "function_call" && item.type !== "custom_tool_call") return null;
  return {
    kind: "tool",
    key: text(item.id) ?? text(item.call_id) ?? "",
    id: text(item.call_id) ?? text(item.id) ?? "",
    name: text(item.name) ?? "",
    arguments: argumentsText(item.arguments ?? item.input),
  };
}

function finishOf(response: JsonObject): AnswerEvent | null {
  const raw = text(fields(response.incomplete_details).reason) ?? text(response.status);
  if (!raw) return null;
  if (raw === "max_output_tokens") return { kind: "finish", reason: "length", raw };
  if (raw === "content_filter") return { kind: "finish", reason: "content_filter", raw };
  const called = objects(response.output).some((item) => toolOf(item) !== null);
  return { kind: "finish", reason: called ? "tool_calls" : "stop", raw };
}
