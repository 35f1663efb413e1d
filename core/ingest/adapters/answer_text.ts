/**
 * An answer that a client kept as text: JSON, or a stream's chunks as server-sent events or line by line.
 *
 * @module
 */
import { cacheWriteTokens, inputTokens, outputTokens } from "../../event/usage.ts";
import type { FormatName } from "../../gateway/formats/format.ts";
import { type JsonObject, object, parseJson, text } from "../../json.ts";
import { formats } from "../../gateway/formats/table.ts";

/** What a text says, as fields of a `prompt_call`. */
export interface ReadAnswer {
  readonly response: unknown;
  readonly counts: Readonly<Record<string, number>>;
}

/** Lines of more than one stream are none; what cannot be read stays the text that it is. */
export function readAnswerText(given: string): ReadAnswer {
  const whole = parsed(given.trim());
  if (whole) return { response: whole, counts: {} };
  const chunks = chunksOf(given);
  const format = chunks[0] ? formatOf(chunks[0]) : null;
  if (!format) return { response: given, counts: {} };
  const reader = formats[format].answer(true);
  for (const chunk of chunks) reader.add(chunk);
  const { responseId, responseModel, text: said, toolCalls, finishReason, usage } = reader.facts();
  const response = {
    ...(responseId !== null && { id: responseId }),
    ...(responseModel !== null && { model: responseModel }),
    choices: [{
      index: 0,
      message: {
        role: "assistant",
        content: said === "" ? null : said,
        ...(toolCalls.length > 0 && {
          tool_calls: toolCalls.map(({ id, name, arguments: args }) => ({
            id,
            type: "function",
            function: { name, arguments: args },
          })),
        }),
      },
      finish_reason: finishReason,
    }],
  };
  return { response, counts: usage.source === "none" ? {} : countsOf(usage.buckets) };
}

function countsOf(buckets: Parameters<typeof inputTokens>[0]): Record<string, number> {
  return {
    tokens_input: inputTokens(buckets),
    tokens_output: outputTokens(buckets),
    tokens_cache_read: buckets.cache_read,
    tokens_cache_write: cacheWriteTokens(buckets),
    tokens_reasoning: buckets.reasoning,
  };
}

function chunksOf(given: string): JsonObject[] {
  return given.split("\n").flatMap((line) => {
    const chunk = parsed(line.replace(/^data:/, "").trim());
    return chunk ? [chunk] : [];
  });
}

function parsed(line: string): JsonObject | null {
  return line.startsWith("{") ? object(parseJson(line)) : null;
}

function formatOf(chunk: JsonObject): FormatName | null {
  if (Array.isArray(chunk.choices)) return "openai-chat";
  if (Array.isArray(chunk.candidates)) return "gemini";
  const type = text(chunk.type) ?? "";
  if (type === "message_start" || type === "ping") return "anthropic";
  return type.startsWith("response.") ? "openai-responses" : null;
}
