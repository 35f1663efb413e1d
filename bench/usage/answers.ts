/**
 * The answers that the benchmark of usage lets through: small and large, whole and in chunks.
 *
 * @module
 */
import type { FormatName } from "@/core/gateway/formats/format.ts";

export interface SampleAnswer {
  readonly name: string;
  readonly path: string;
  readonly format: FormatName;
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How the provider writes it. */
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
  /** Whether memory is measured with it. */
  readonly large: boolean;
}

const encoder = new TextEncoder();

const usage = {
  prompt_tokens: 2_000,
  completion_tokens: 300,
  total_tokens: 2_300,
  prompt_tokens_details: { cached_tokens: 1_500 },
};

function json(name: string, characters: number, large = false): SampleAnswer {
  const content = "All work and no play makes a dull day. ".repeat(characters / 39).trim();
  const body = {
    id: "chatcmpl-1",
    object: "chat.completion",
    model: "gpt-4o-2024-08-06",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage,
  };
  const bytes = encoder.encode(JSON.stringify(body));
  return {
    name,
    path: "/v1/chat/completions",
    format: "openai-chat",
    contentType: "application/json",
    bytes,
    pieces: [bytes],
    large,
  };
}

function stream(name: string, chunks: number, large = false): SampleAnswer {
  const head = { id: "chatcmpl-1", object: "chat.completion.chunk", model: "gpt-4o-2024-08-06" };
  const events: unknown[] = Array.from({ length: chunks }, (_, i) => ({
    ...head,
    choices: [{ index: 0, delta: { content: `word ${i} ` }, finish_reason: null }],
    usage: null,
  }));
  events.push({ ...head, choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage: null });
  events.push({ ...head, choices: [], usage });
  const pieces = [...events.map((event) => JSON.stringify(event)), "[DONE]"]
    .map((data) => encoder.encode(`data: ${data}\n\n`));
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return {
    name,
    path: "/v1/chat/completions",
    format: "openai-chat",
    contentType: "text/event-stream",
    bytes,
    pieces,
    large,
  };
}

export const answers: readonly SampleAnswer[] = [
  json("JSON of 2 KB", 2_000),
  json("JSON of 64 KB", 65_000),
  json("JSON of 4 MB", 4_000_000, true),
  stream("stream of 50 chunks", 50),
  stream("stream of 1,000 chunks", 1_000),
  stream("stream of 10,000 chunks", 10_000, true),
];
