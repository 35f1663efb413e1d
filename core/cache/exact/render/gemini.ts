/**
 * Google's generateContent: each event of a stream has the shape of a whole answer.
 *
 * @module
 */
import { fields, type JsonObject, objects } from "../../../json.ts";
import { eventText } from "./events.ts";
import { inOrder } from "./merge.ts";
import type { Rendering } from "./rendering.ts";

export const gemini: Rendering = { stream: (answer) => eventText(answer), fold };

function fold(events: readonly unknown[]): JsonObject | null {
  if (events.length === 0) return null;
  const answer: Record<string, unknown> = {};
  const candidates = new Map<unknown, Record<string, unknown>>();
  for (const event of events) {
    const { candidates: parts, ...head } = fields(event);
    Object.assign(answer, head);
    for (const candidate of objects(parts)) {
      const index = candidate.index ?? 0;
      candidates.set(index, merged(candidates.get(index), candidate));
    }
  }
  return { ...(candidates.size > 0 && { candidates: inOrder(candidates) }), ...answer };
}

function merged(before: JsonObject | undefined, part: JsonObject): Record<string, unknown> {
  if (!before) return { ...part };
  const content = fields(before.content);
  const more = fields(part.content);
  const parts = [...objects(content.parts), ...objects(more.parts)];
  return {
    ...before,
    ...part,
    ...(parts.length > 0 && { content: { ...content, ...more, parts: joined(parts) } }),
  };
}

/** Pieces of one text are one part in a whole answer. */
function joined(parts: readonly JsonObject[]): JsonObject[] {
  const list: JsonObject[] = [];
  for (const part of parts) {
    const last = list.at(-1);
    if (last && isPlain(last) && isPlain(part) && last.thought === part.thought) {
      list[list.length - 1] = { ...last, text: `${last.text}${part.text}` };
    } else list.push(part);
  }
  return list;
}

function isPlain(part: JsonObject): boolean {
  return typeof part.text === "string" &&
    Object.keys(part).every((name) => name === "text" || name === "thought");
}
