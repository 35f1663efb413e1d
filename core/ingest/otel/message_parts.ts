/**
 * The parts of a message in the words of OpenAI's API: OpenTelemetry, the AI SDK and OpenInference name
 * texts, reasoning, pictures and tools' results each in their own way.
 *
 * @module
 */
import { fields, type JsonObject, object, text } from "../../json.ts";

/** What stands in a message beside its tool calls and results. */
export interface Content {
  /** Text alone where all parts are texts, else the parts; null when there are none. */
  readonly content: unknown;
  /** Null when the model told none. */
  readonly reasoning: string | null;
}

/** Texts alone are one text, else a list of parts; reasoning stands apart from both. */
export function contentOf(parts: readonly unknown[]): Content {
  const thoughts = parts.filter(isReasoning).map((part) => reasoningText(fields(part)));
  const reasoning = thoughts.filter((one) => one !== "").join("\n") || null;
  const rest = parts.filter((part) => !isReasoning(part));
  if (rest.length === 0) return { content: null, reasoning };
  const texts = rest.map(partText);
  const content = texts.every((one) => one !== null) ? texts.join("\n") : rest.map(partOf);
  return { content, reasoning };
}

/** The texts of parts, one below the other; what is none is left out. */
export function partTexts(parts: readonly unknown[]): string {
  return parts.map((part) => partText(part) ?? "").filter((one) => one !== "").join("\n");
}

function isReasoning(part: unknown): boolean {
  const { type } = fields(part);
  return type === "reasoning" || type === "thinking";
}

function reasoningText(part: JsonObject): string {
  return text(part.content) ?? text(part.text) ?? text(part.thinking) ?? "";
}

function partText(part: unknown): string | null {
  if (typeof part === "string") return part;
  const { type, text: own, content } = fields(part);
  if (type !== undefined && type !== "text") return null;
  return typeof own === "string" ? own : typeof content === "string" ? content : null;
}

function partOf(part: unknown): unknown {
  const said = partText(part);
  if (said !== null) return { type: "text", text: said };
  const picture = pictureAt(fields(part));
  return picture === null ? part : { type: "image_url", image_url: { url: picture } };
}

/** Where a picture is, or its bytes as an address; null when it is none. */
function pictureAt(part: JsonObject): string | null {
  const media = text(part.mime_type) ?? text(part.mediaType) ?? text(part.mimeType) ?? "";
  const isPicture = part.type === "image" || part.modality === "image" ||
    media.startsWith("image/");
  if (!isPicture) return null;
  // OpenInference's parts are spread: `image.image.url`.
  const address = text(part["image.image.url"]) ?? text(part.uri) ?? text(part.url);
  if (address !== null) return address;
  const bytes = text(part.image) ?? text(part.data) ?? text(part.content);
  if (bytes === null) return null;
  return /^(https?|data):/.test(bytes) ? bytes : `data:${media || "image/png"};base64,${bytes}`;
}

/** Whether a part asks for a tool. */
export function isCall(part: unknown): boolean {
  const { type } = fields(part);
  return type === "tool_call" || type === "tool-call" || type === "tool_use" ||
    type === "server_tool_call";
}

/** Whether a part is what a tool gave. */
export function isResult(part: JsonObject): boolean {
  return part.type === "tool_call_response" || part.type === "tool-result" ||
    part.type === "tool_result" || part.type === "server_tool_call_response";
}

/** What a tool answered; the AI SDK wraps it as `{type, value}`. */
export function resultOf(part: JsonObject): unknown {
  const given = part.response ?? part.server_tool_call_response ?? part.result ?? part.output ??
    part.content ?? null;
  const wrapped = object(given);
  const isWrapped = wrapped && "value" in wrapped &&
    /^(text|json|content|error-text|error-json)$/.test(text(wrapped.type) ?? "");
  return isWrapped ? wrapped.value : given;
}
