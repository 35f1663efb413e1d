/**
 * Text out of message content, whatever shape it has, for search.
 *
 * @module
 */
import { object, text } from "../../json.ts";

/** Joins texts with a line break, leaving empty ones out. */
export function joinTexts(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n");
}

/**
 * The text of a message's content: a string, or a list of parts of which the textual ones count
 * (`{text}` of OpenAI, Anthropic, Gemini and Bedrock, nested `{content}` of tool results).
 *
 * @example
 * ```ts
 * import { contentText } from "@/core/gateway/formats/text.ts";
 * import { expect } from "expect";
 *
 * expect(contentText([{ type: "text", text: "a" }, { type: "image_url" }])).toBe("a");
 * ```
 */
export function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) {
    const part = object(content);
    if (!part || part.thought === true) return "";
    return text(part.text) ?? (part.content === undefined ? "" : contentText(part.content));
  }
  return joinTexts(content.map(contentText));
}
