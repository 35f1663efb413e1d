/**
 * Writes AWS's event framing, for providers that tests play.
 *
 * @module
 */
import { crc32 } from "node:zlib";

const encoder = new TextEncoder();

/** One frame. Headers are strings. */
export function frame(headers: Readonly<Record<string, string>>, payload: string): Uint8Array {
  const lines = Object.entries(headers).flatMap(([name, value]) => {
    const [key, text] = [encoder.encode(name), encoder.encode(value)];
    return [key.length, ...key, 7, text.length >> 8, text.length & 255, ...text];
  });
  const body = encoder.encode(payload);
  const bytes = new Uint8Array(12 + lines.length + body.length + 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length);
  view.setUint32(4, lines.length);
  view.setUint32(8, crc32(bytes.subarray(0, 8)));
  bytes.set(lines, 12);
  bytes.set(body, 12 + lines.length);
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(0, -4)));
  return bytes;
}

export function event(type: string, payload: unknown): Uint8Array {
  return frame({
    ":event-type": type,
    ":content-type": "application/json",
    ":message-type": "event",
  }, JSON.stringify(payload));
}

export function exception(type: string, payload: unknown): Uint8Array {
  return frame({
    ":exception-type": type,
    ":content-type": "application/json",
    ":message-type": "exception",
  }, JSON.stringify(payload));
}

/** A frame of InvokeModelWithResponseStream. */
export function chunk(value: unknown): Uint8Array {
  const bytes = encoder.encode(JSON.stringify(value));
  return event("chunk", { bytes: btoa(String.fromCharCode(...bytes)), p: "abcdefgh" });
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const converseStream = [
  event("messageStart", { role: "assistant" }),
  event("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Grüße" } }),
  event("contentBlockStop", { contentBlockIndex: 0 }),
  event("contentBlockStart", {
    contentBlockIndex: 1,
    start: { toolUse: { toolUseId: "t1", name: "weather" } },
  }),
  event("contentBlockDelta", { contentBlockIndex: 1, delta: { toolUse: { input: '{"city":' } } }),
  event("contentBlockDelta", { contentBlockIndex: 1, delta: { toolUse: { input: '"Bonn"}' } } }),
  event("contentBlockStop", { contentBlockIndex: 1 }),
  event("messageStop", { stopReason: "tool_use" }),
  event("metadata", {
    usage: {
      inputTokens: 100,
      outputTokens: 20,
      totalTokens: 470,
      cacheReadInputTokens: 300,
      cacheWriteInputTokens: 50,
    },
    metrics: { latencyMs: 1 },
  }),
];

const claude = "claude-sonnet-4-5-20250929";

export const invokeStream = [
  {
    type: "message_start",
    message: {
      type: "message",
      id: "msg_bdrk_1",
      role: "assistant",
      model: claude,
      content: [],
      usage: {
        input_tokens: 100,
        cache_read_input_tokens: 300,
        cache_creation_input_tokens: 50,
        output_tokens: 1,
      },
    },
  },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Grüße 世界" } },
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 20 } },
  {
    type: "message_stop",
    "amazon-bedrock-invocationMetrics": {
      inputTokenCount: 100,
      outputTokenCount: 20,
      invocationLatency: 9,
      firstByteLatency: 3,
    },
  },
].map(chunk);
