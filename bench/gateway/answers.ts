/**
 * The prepared answers: JSON of 2 KB, and a stream of 50 chunks, as OpenAI sends them.
 *
 * @module
 */

export const kinds = ["json-0", "json-20", "sse-0", "sse-20"] as const;
export type Kind = typeof kinds[number];

export interface PreparedAnswer {
  /** The body as a client should get it. */
  readonly body: string;
  /** Head and body as they go over the socket. */
  readonly wire: Uint8Array;
}

const usage = {
  prompt_tokens: 212,
  completion_tokens: 48,
  total_tokens: 260,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
};
const common = {
  id: "chatcmpl-BenchBenchBenchBenchBenchBen",
  created: 1_770_000_000,
  model: "gpt-4o-2024-08-06",
  service_tier: "default",
  system_fingerprint: "fp_0123456789",
};
const words = "Most of the time goes into waiting, so measure before you change anything. ";

const json: PreparedAnswer = prepare(
  "application/json",
  [JSON.stringify({
    ...common,
    object: "chat.completion",
    choices: [{
      index: 0,
      message: { role: "assistant", content: words.repeat(20).slice(0, 1_450), refusal: null },
      logprobs: null,
      finish_reason: "stop",
    }],
    usage,
  })],
  false,
);

const events = [
  ...Array.from({ length: 48 }, (_, i) => ({
    choices: [{
      index: 0,
      delta: i === 0 ? { role: "assistant", content: "" } : { content: ` word${i}` },
      logprobs: null,
      finish_reason: i === 47 ? "stop" : null,
    }],
    usage: null,
  })),
  { choices: [], usage },
].map((part) =>
  `data: ${JSON.stringify({ ...common, object: "chat.completion.chunk", ...part })}\n\n`
);
const sse = prepare("text/event-stream; charset=utf-8", [...events, "data: [DONE]\n\n"], true);

export const answers: Readonly<Record<Kind, PreparedAnswer>> = {
  "json-0": json,
  "json-20": json,
  "sse-0": sse,
  "sse-20": sse,
};

/** A request that is answered in that way. */
export function requestBody(kind: Kind): string {
  return JSON.stringify({
    model: "gpt-4o",
    user: `bench-${kind}`,
    messages: [
      { role: "system", content: words.repeat(6) },
      { role: "user", content: "What should I look at first when a service has become slow?" },
    ],
    ...(kind.startsWith("sse") && { stream: true, stream_options: { include_usage: true } }),
  });
}

function prepare(type: string, parts: readonly string[], chunked: boolean): PreparedAnswer {
  const encoder = new TextEncoder();
  const body = parts.join("");
  const size = encoder.encode(body).length;
  const head = [
    "HTTP/1.1 200 OK",
    `content-type: ${type}`,
    "x-request-id: req_bench",
    "openai-processing-ms: 12",
    chunked ? "transfer-encoding: chunked" : `content-length: ${size}`,
    "",
    "",
  ].join("\r\n");
  const framed = chunked
    ? parts.map((part) => `${encoder.encode(part).length.toString(16)}\r\n${part}\r\n`).join("") +
      "0\r\n\r\n"
    : body;
  return { body, wire: encoder.encode(head + framed) };
}
