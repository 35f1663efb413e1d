/**
 * Finds the last user turn in a request of any provider's form, and takes it out: what is left is the
 * context, which must be equal to the last bit.
 *
 * @module
 */
import type { Ineligible, SemanticSettings } from "./contract.ts";
import { longestText } from "./text/tokens.ts";

export type Split =
  | { readonly turn: string; readonly context: Readonly<Record<string, unknown>> }
  | { readonly why: Ineligible };

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Stands in the context where the turn was. No request can hold it, since JSON strings are text only. */
const hole = { "the last user turn": true };

/** Fields that hold the conversation, by form: chat and Anthropic, Responses, Gemini. */
const conversations = ["messages", "input", "contents"] as const;

/** Splits a request's body into its last user turn and the context around it. */
export function splitTurn(body: unknown, allow: SemanticSettings["allow"]): Split {
  if (!isObject(body)) return { why: "unknown_format" };
  if (!allow.toolResults && holds(body, isToolResult)) return { why: "tool_results" };
  if (!allow.images && holds(body, isImage)) return { why: "images" };
  const split = splitConversation(body) ?? splitText(body);
  if (split === null) return { why: "unknown_format" };
  if (split.turn.trim() === "") return { why: "no_user_turn" };
  if (split.turn.length > longestText) return { why: "too_long" };
  return split;
}

interface Found {
  readonly turn: string;
  readonly context: Json;
}

function splitText(body: Json): Found | null {
  for (const field of ["prompt", "input"]) {
    const text = body[field];
    if (typeof text === "string") return { turn: text, context: { ...body, [field]: hole } };
  }
  return null;
}

function splitConversation(body: Json): Found | null {
  for (const field of conversations) {
    const turns = body[field];
    if (!Array.isArray(turns)) continue;
    const last: unknown = turns.at(-1);
    if (!isObject(last) || (last.role ?? "user") !== "user") return { turn: "", context: body };
    const taken = takeText(last);
    return {
      turn: taken.turn,
      context: { ...body, [field]: [...turns.slice(0, -1), taken.context] },
    };
  }
  return null;
}

/** Takes the text out of one turn: `content` as text or parts, or Gemini's `parts`. */
function takeText(turn: Json): Found {
  if (typeof turn.content === "string") {
    return { turn: turn.content, context: { ...turn, content: hole } };
  }
  const field = Array.isArray(turn.parts) ? "parts" : "content";
  const parts: readonly unknown[] = Array.isArray(turn[field]) ? turn[field] : [];
  const texts = parts.flatMap((part) => isText(part) ? [part.text] : []);
  // Where text stood between other parts stays in the context, as holes.
  const rest = parts.map((part) => isText(part) ? { ...part, text: hole } : part);
  return { turn: texts.join("\n"), context: { ...turn, [field]: rest } };
}

function isText(part: unknown): part is Json & { readonly text: string } {
  return isObject(part) && typeof part.text === "string" &&
    (part.type === undefined || part.type === "text" || part.type === "input_text");
}

const toolRoles = new Set(["tool", "function"]);
const toolTypes = new Set([
  "tool_result",
  "function_call_output",
  "computer_call_output",
  "custom_tool_call_output",
  "web_search_tool_result",
  "mcp_tool_result",
]);

function isToolResult(value: Json): boolean {
  return toolRoles.has(String(value.role)) || toolTypes.has(String(value.type)) ||
    "functionResponse" in value || "function_response" in value;
}

const imageTypes = new Set([
  "image",
  "image_url",
  "input_image",
  "input_audio",
  "audio",
  "video",
  "file",
  "input_file",
  "document",
]);

function isImage(value: Json): boolean {
  return imageTypes.has(String(value.type)) ||
    ["inlineData", "inline_data", "fileData", "file_data"].some((key) => key in value);
}

/** Whether anything in the conversation fits. Tool definitions are context, not conversation. */
function holds(body: Json, fits: (value: Json) => boolean): boolean {
  const visit = (value: unknown): boolean =>
    Array.isArray(value)
      ? value.some(visit)
      : isObject(value) && (fits(value) || Object.values(value).some(visit));
  return conversations.some((field) => visit(body[field]));
}
