/**
 * The beginning of a request's last user turn, for people who search the cache.
 *
 * @module
 */
import { fields, objects } from "../json.ts";
import { contentText } from "../gateway/formats/text.ts";

const longest = 200;

/** Well-formed text of a bounded length; empty for a body without a user's turn. */
export function previewOf(body: unknown): string {
  return textOf(body).trim().slice(0, longest).toWellFormed();
}

function textOf(body: unknown): string {
  const { messages, input, contents, prompt, content } = fields(body);
  for (const turns of [messages, contents, input]) {
    const last = objects(turns).findLast((turn) => (turn.role ?? "user") === "user");
    if (last) return contentText(last.content ?? last.parts ?? last);
  }
  for (const text of [input, prompt]) {
    const [first] = Array.isArray(text) ? text : [text];
    if (typeof first === "string") return first;
  }
  return contentText(fields(content).parts);
}
