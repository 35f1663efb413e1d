import { expect } from "expect";
import { inputTokens, outputTokens } from "@/core/event/usage.ts";
import { awsEvents } from "@/core/gateway/formats/aws_event_stream.ts";
import type { FormatName } from "@/core/gateway/formats/format.ts";
import { readAnswer } from "@/core/gateway/formats/read.ts";
import { formats } from "@/core/gateway/formats/table.ts";
import { operationOf } from "@/core/gateway/operation.ts";
import {
  chunk,
  concat,
  converseStream,
  event,
  exception,
  frame,
  invokeStream,
} from "./aws_frames.ts";

const streamType = "application/vnd.amazon.eventstream";

function read(format: FormatName, bytes: Uint8Array, tail?: Uint8Array) {
  return readAnswer(formats[format], { bytes, tail, contentType: streamType, status: 200 });
}

function readBody(body: unknown, headers?: readonly string[]) {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  return readAnswer(formats["bedrock-invoke"], {
    bytes,
    contentType: "application/json",
    headers,
    status: 200,
  });
}

Deno.test("a Converse stream is read whole: text, tool calls, usage with the cache", () => {
  expect(read("bedrock-converse", concat(...converseStream))).toMatchObject({
    text: "Grüße",
    finishReason: "tool_use",
    toolCalls: [{ id: "t1", name: "weather", arguments: '{"city":"Bonn"}' }],
    usage: {
      source: "provider",
      consistent: true,
      reported_total: 470,
      buckets: { input: 100, output: 20, cache_read: 300, cache_write: 50 },
    },
    complete: true,
  });
});

Deno.test("Claude's stream inside InvokeModel's frames is read as Claude's own", () => {
  expect(read("bedrock-invoke", concat(...invokeStream))).toMatchObject({
    text: "Grüße 世界",
    responseModel: "claude-sonnet-4-5-20250929",
    responseId: "msg_bdrk_1",
    finishReason: "end_turn",
    usage: {
      source: "provider",
      buckets: { input: 100, output: 20, cache_read: 300, cache_write: 50 },
    },
    complete: true,
  });
});

Deno.test("a stream that is cut anywhere gives what its whole frames say, and nothing else", () => {
  for (
    const [format, frames] of [
      ["bedrock-converse", converseStream],
      ["bedrock-invoke", invokeStream],
    ] as const
  ) {
    const whole = concat(...frames);
    let ends = 0;
    const boundaries = frames.map(({ length }) => ends += length);
    for (let cut = 0; cut <= whole.length; cut++) {
      const events = [...awsEvents(whole.subarray(0, cut))];
      expect(events).toHaveLength(boundaries.filter((end) => end <= cut).length);
    }
    expect(read(format, whole.subarray(0, -1)).usage.source).toBe(
      format === "bedrock-converse" ? "none" : "provider",
    );
  }
});

Deno.test("bytes that begin in the middle of a frame are read from the next one on", () => {
  const whole = concat(...converseStream);
  for (let from = 1; from < 400; from += 7) {
    const { usage } = read("bedrock-converse", new Uint8Array(), whole.subarray(from));
    expect([from, inputTokens(usage.buckets), outputTokens(usage.buckets)]).toEqual([
      from,
      450,
      20,
    ]);
  }
});

Deno.test("a frame whose checksum does not hold is not believed", () => {
  const metadata = converseStream.at(-1) ?? new Uint8Array();
  for (let at = 0; at < metadata.length; at++) {
    const damaged = metadata.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    expect([at, [...awsEvents(damaged)]]).toEqual([at, []]);
  }
});

Deno.test("exceptions and errors inside a stream are the call's error", () => {
  const throttled = concat(
    ...converseStream.slice(0, 2),
    exception("throttlingException", { message: "Too many tokens" }),
  );
  for (const format of ["bedrock-converse", "bedrock-invoke"] as const) {
    expect(read(format, throttled)).toMatchObject({
      error: { message: "Too many tokens" },
      complete: false,
    });
    const failed = frame({
      ":message-type": "error",
      ":error-code": "InternalError",
      ":error-message": "Try again",
    }, "");
    expect(read(format, failed).error).toEqual({ code: "InternalError", message: "Try again" });
  }
});

Deno.test("headers of other types do not hide a frame's name", () => {
  const named = event("metadata", { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } });
  expect([...awsEvents(named)]).toMatchObject([{ metadata: { usage: { inputTokens: 1 } } }]);
});

Deno.test("each maker's body is understood, and Bedrock's own counts fill in", () => {
  const counts = [
    "X-Amzn-Bedrock-Input-Token-Count",
    "7",
    "X-Amzn-Bedrock-Output-Token-Count",
    "3",
  ];
  const cases: readonly (readonly [string, unknown, number, number, string])[] = [
    [
      "Llama",
      { generation: "Hi", prompt_token_count: 7, generation_token_count: 3, stop_reason: "stop" },
      7,
      3,
      "Hi",
    ],
    [
      "Titan",
      {
        inputTextTokenCount: 7,
        results: [{ tokenCount: 3, outputText: "Hi", completionReason: "FINISH" }],
      },
      7,
      3,
      "Hi",
    ],
    [
      "Nova",
      {
        output: { message: { role: "assistant", content: [{ text: "Hi" }] } },
        stopReason: "end_turn",
        usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 },
      },
      7,
      3,
      "Hi",
    ],
    ["Mistral, counted by headers", { outputs: [{ text: "Hi", stop_reason: "stop" }] }, 7, 3, "Hi"],
    [
      "OpenAI's open models",
      {
        choices: [{ index: 0, message: { content: "Hi" }, finish_reason: "stop" }],
        usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
      },
      7,
      3,
      "Hi",
    ],
    ["Titan's embeddings", { embedding: [0.1], inputTextTokenCount: 7 }, 7, 0, ""],
  ];
  for (const [name, body, input, output, text] of cases) {
    const headers = name.includes("headers") ? counts : undefined;
    const facts = readBody(body, headers);
    expect([name, inputTokens(facts.usage.buckets), outputTokens(facts.usage.buckets), facts.text])
      .toEqual([name, input, output, text]);
    expect([name, facts.usage.source]).toEqual([name, "provider"]);
  }
  const streamed = concat(
    chunk({ outputs: [{ text: "Hi", stop_reason: "stop" }] }),
    chunk({ "amazon-bedrock-invocationMetrics": { inputTokenCount: 7, outputTokenCount: 3 } }),
  );
  expect(read("bedrock-invoke", streamed).usage).toMatchObject({
    source: "provider",
    buckets: { input: 7, output: 3 },
  });
});

Deno.test("Bedrock's paths name the model, ARNs with and without an encoded slash", () => {
  const profile =
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0";
  for (const written of [profile, encodeURIComponent(profile), profile.replace("/", "%2F")]) {
    expect(operationOf(`/model/${written}/converse-stream`)).toEqual({
      endpoint: "chat",
      format: "bedrock-converse",
      model: profile,
      stream: true,
    });
  }
  const invoked = (model: string) => operationOf(`/model/${model}/invoke`);
  expect(invoked("us.anthropic.claude-sonnet-4-5-20250929-v1%3A0")).toEqual({
    endpoint: "messages",
    format: "bedrock-invoke",
    model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    stream: false,
  });
  expect(invoked("amazon.titan-embed-text-v2:0").endpoint).toBe("embeddings");
  expect(operationOf("/model/m/invoke-with-response-stream").stream).toBe(true);
  expect(operationOf("/model/m/count-tokens").endpoint).toBe("count_tokens");
});
