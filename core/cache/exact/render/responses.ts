/**
 * OpenAI's Responses API: a stream's last event carries the whole response.
 *
 * @module
 */
import { fields, type JsonObject, object, objects } from "../../../json.ts";
import { eventText } from "./events.ts";
import type { Rendering } from "./rendering.ts";

export const responses: Rendering = { stream, fold };

function stream(response: JsonObject): string {
  const events: JsonObject[] = [];
  const add = (type: string, more: JsonObject) =>
    events.push({ type, sequence_number: events.length, ...more });
  const begun = { ...response, status: "in_progress", output: [], usage: null };
  add("response.created", { response: begun });
  add("response.in_progress", { response: begun });
  objects(response.output).forEach((item, output_index) => addItem(item, output_index, add));
  const last = response.status === "incomplete" ? "response.incomplete" : "response.completed";
  add(last, { response });
  return events.map((event) => eventText(event, String(event.type))).join("");
}

type Add = (type: string, more: JsonObject) => void;

function addItem(item: JsonObject, output_index: number, add: Add): void {
  const at = { item_id: item.id, output_index };
  switch (item.type) {
    case "message":
      added(item, output_index, add, { content: [] });
      objects(item.content).forEach((part, content_index) =>
        addContent(part, { ...at, content_index }, add)
      );
      break;
    case "function_call":
      added(item, output_index, add, { arguments: "" });
      add("response.function_call_arguments.delta", { ...at, delta: item.arguments });
      add("response.function_call_arguments.done", { ...at, arguments: item.arguments });
      break;
    case "reasoning":
      added(item, output_index, add, { summary: [] });
      objects(item.summary).forEach((part, summary_index) =>
        addSummary(part, { ...at, summary_index }, add)
      );
      break;
    default:
      added(item, output_index, add, {});
  }
  add("response.output_item.done", { output_index, item });
}

function added(item: JsonObject, output_index: number, add: Add, empty: JsonObject): void {
  const begun = { ...item, ...(item.status !== undefined && { status: "in_progress" }), ...empty };
  add("response.output_item.added", { output_index, item: begun });
}

function addContent(part: JsonObject, at: JsonObject, add: Add): void {
  if (part.type === "refusal") {
    add("response.content_part.added", { ...at, part: { ...part, refusal: "" } });
    add("response.refusal.delta", { ...at, delta: part.refusal });
    add("response.refusal.done", { ...at, refusal: part.refusal });
  } else {
    const logprobs = part.logprobs ?? [];
    add("response.content_part.added", { ...at, part: { ...part, text: "", annotations: [] } });
    add("response.output_text.delta", { ...at, delta: part.text, logprobs });
    objects(part.annotations).forEach((annotation, annotation_index) =>
      add("response.output_text.annotation.added", { ...at, annotation_index, annotation })
    );
    add("response.output_text.done", { ...at, text: part.text, logprobs });
  }
  add("response.content_part.done", { ...at, part });
}

function addSummary(part: JsonObject, at: JsonObject, add: Add): void {
  add("response.reasoning_summary_part.added", { ...at, part: { ...part, text: "" } });
  add("response.reasoning_summary_text.delta", { ...at, delta: part.text });
  add("response.reasoning_summary_text.done", { ...at, text: part.text });
  add("response.reasoning_summary_part.done", { ...at, part });
}

function fold(events: readonly unknown[]): JsonObject | null {
  const items: unknown[] = [];
  for (const event of events) {
    const { type, item, response } = fields(event);
    if (type === "response.output_item.done") items.push(item);
    if (type !== "response.completed" && type !== "response.incomplete") continue;
    const whole = object(response);
    if (!whole) return null;
    // Some servers leave the items out of the last event.
    return objects(whole.output).length > 0 ? whole : { ...whole, output: items };
  }
  return null;
}
