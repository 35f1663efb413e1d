/**
 * Parts of Google's Interactions API.
 *
 * @module
 */
import { readError } from "../formats/error.ts";
import { argumentsText, fields, type JsonObject, object, objects, text } from "../../json.ts";
import type { AnswerEvent, PartReader } from "./events.ts";

export class InteractionParts implements PartReader {
  #started = false;

  add(value: unknown): readonly AnswerEvent[] {
    const event = fields(value);
    const key = String(event.index ?? 0);
    switch (event.event_type) {
      case undefined:
        return this.#interaction(event, true);
      case "interaction.created":
        return this.#start(fields(event.interaction));
      case "step.start":
        return stepEvents(fields(event.step), key);
      case "step.delta":
        return deltaEvents(fields(event.delta), key);
      case "interaction.completed":
      case "interaction.failed":
        return this.#interaction(fields(event.interaction), false);
      default: {
        const error = readError(event);
        return error ? [{ kind: "error", ...error }] : [];
      }
    }
  }

  end(): readonly AnswerEvent[] {
    return [];
  }

  #start(interaction: JsonObject): AnswerEvent[] {
    if (this.#started) return [];
    this.#started = true;
    return [{ kind: "start", id: text(interaction.id), model: text(interaction.model) }];
  }

  #interaction(interaction: JsonObject, whole: boolean): AnswerEvent[] {
    const error = readError(interaction);
    const status = text(interaction.status);
    const steps = whole ? [...objects(interaction.outputs), ...objects(interaction.steps)] : [];
    return [
      ...this.#start(interaction),
      ...steps.flatMap((step, i) => stepEvents(step, String(i))),
      ...(error ? [{ kind: "error", ...error } as const] : []),
      ...(status
        ? [
          {
            kind: "finish",
            reason: status === "requires_action" ? "tool_calls" : "stop",
            raw: status,
          } as const,
        ]
        : []),
      { kind: "end" },
    ];
  }
}

function stepEvents(step: JsonObject, key: string): AnswerEvent[] {
  switch (step.type) {
    case "function_call": {
      // A stream begins with an empty object and tells the arguments as deltas.
      const args = object(step.arguments);
      const whole = args && Object.keys(args).length > 0 ? argumentsText(args) : "";
      const [id, name] = [text(step.id) ?? "", text(step.name) ?? ""];
      return [{ kind: "tool", key, id, name, arguments: whole }];
    }
    case "text":
      return [{ kind: "text", key, text: text(step.text) ?? "" }];
    case "thought":
    case "thought_summary": {
      const signature = text(step.signature);
      const said = objects(step.summary).map((part) => text(part.text) ?? "").join("");
      return [{ kind: "reasoning", key, text: said, ...(signature && { signature }) }];
    }
    case "model_output":
      return objects(step.content).flatMap((part) => stepEvents(part, key));
    default:
      return [{ kind: "other", key, type: text(step.type) ?? "step", value: step }];
  }
}

function deltaEvents(delta: JsonObject, key: string): AnswerEvent[] {
  switch (delta.type) {
    case "text":
      return [{ kind: "text", key, text: text(delta.text) ?? "" }];
    case "thought_signature":
      return [{ kind: "reasoning", key, text: "", signature: text(delta.signature) ?? "" }];
    case "thought_summary":
      return [{ kind: "reasoning", key, text: text(fields(delta.content).text) ?? "" }];
    case "arguments_delta":
    case "function_call": {
      const args = argumentsText(delta.arguments);
      return [{
        kind: "tool",
        key,
        id: text(delta.id) ?? "",
        name: text(delta.name) ?? "",
        arguments: args,
      }];
    }
    default:
      return [{ kind: "other", key, type: text(delta.type) ?? "delta", value: delta }];
  }
}
