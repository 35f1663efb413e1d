/**
 * Pictures, sound and lists of JSON through the gateway: bytes as they are, usage as it is told.
 */
import { expect } from "expect";
import { projectKey, runGateway, runUpstream } from "../gateway/fixture.ts";

type Send = Parameters<typeof runUpstream>[0];

async function through(path: string, body: BodyInit, answer: Send, type?: string) {
  await using upstream = await runUpstream(answer);
  await using running = runGateway({
    upstreams: { openai: upstream.url, google: upstream.url, ollama: upstream.url },
    providerKeys: { openai: "k", google: "k" },
  });
  const sent = new Request(`${running.url}${path}`, {
    method: "POST",
    headers: { "x-watchllm-key": projectKey, ...(type && { "content-type": type }) },
    body,
  });
  const bytes = new Uint8Array(await sent.clone().arrayBuffer());
  const got = await fetch(sent);
  return {
    status: got.status,
    bytes: new Uint8Array(await got.arrayBuffer()),
    sent: { bytes, type: sent.headers.get("content-type") },
    seen: upstream.seen[0],
    data: running.log.only.event.data,
  };
}

const answerWith = (contentType: string, body: string | Uint8Array): Send => (_, response) => {
  response.writeHead(200, { "content-type": contentType });
  response.end(body);
};

const jsonAnswer = (body: unknown) => answerWith("application/json", JSON.stringify(body));

/** Every byte there is, and line ends that a form could be confused by. */
const noise = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7 + (i >> 8)) & 255);

function speech(model: string): FormData {
  const form = new FormData();
  form.set("file", new Blob([noise, "\r\n\r\n--", noise]), "speech.mp3");
  form.set("model", model);
  form.set("response_format", "json");
  return form;
}

Deno.test("a form with sound goes on byte for byte, and its transcription is counted in tokens", async () => {
  const { seen, sent, data } = await through(
    "/v1/audio/transcriptions",
    speech("gpt-4o-transcribe"),
    jsonAnswer({
      text: "Hello",
      usage: {
        type: "tokens",
        input_tokens: 110,
        input_token_details: { text_tokens: 10, audio_tokens: 100 },
        output_tokens: 20,
        total_tokens: 130,
      },
    }),
  );
  expect(seen?.headers["content-type"]).toBe(sent.type);
  expect(seen?.body).toEqual(sent.bytes);
  expect(data).toMatchObject({
    model: "gpt-4o-transcribe",
    usage: {
      source: "provider",
      consistent: true,
      buckets: { input: 10, input_audio: 100, output: 20 },
    },
  });
});

Deno.test("seconds of sound are kept, and cost nothing that is not known", async () => {
  const { data } = await through(
    "/v1/audio/transcriptions",
    speech("whisper-1"),
    jsonAnswer({ text: "Hello", usage: { type: "duration", seconds: 12.5 } }),
  );
  expect(data).toMatchObject({
    model: "whisper-1",
    usage: { source: "provider", audio_seconds: 12.5 },
    cost: { usd: null, unpriced_reason: expect.stringContaining("seconds of sound") },
  });
});

Deno.test("speech comes back byte for byte, with nothing made up about its usage", async () => {
  const { bytes, data } = await through(
    "/v1/audio/speech",
    JSON.stringify({ model: "gpt-4o-mini-tts", input: "Hello", voice: "alloy" }),
    answerWith("audio/mpeg", noise),
    "application/json",
  );
  expect(bytes).toEqual(noise);
  expect(data).toMatchObject({
    model: "gpt-4o-mini-tts",
    usage: { source: "none" },
    cost: { usd: null },
  });
});

Deno.test("streamed speech and streamed pictures tell their usage in the last event", async () => {
  const spoken = await through(
    "/v1/audio/speech",
    JSON.stringify({ model: "gpt-4o-mini-tts", input: "Hello", voice: "x", stream_format: "sse" }),
    answerWith(
      "text/event-stream",
      'data: {"type":"speech.audio.delta","audio":"AAAA"}\n\n' +
        'data: {"type":"speech.audio.done","usage":{"input_tokens":5,"output_tokens":50,"total_tokens":55}}\n\n',
    ),
    "application/json",
  );
  expect(spoken.data).toMatchObject({
    stream: true,
    usage: { source: "provider", buckets: { input: 5, output: 50 } },
  });
  const drawn = await through(
    "/v1/images/generations",
    JSON.stringify({ model: "gpt-image-1", prompt: "A fox", stream: true }),
    answerWith(
      "text/event-stream",
      'event: image_generation.partial_image\ndata: {"type":"image_generation.partial_image","b64_json":"AAAA"}\n\n' +
        'event: image_generation.completed\ndata: {"type":"image_generation.completed","b64_json":"AAAA",' +
        '"usage":{"input_tokens":30,"input_tokens_details":{"text_tokens":10,"image_tokens":20},' +
        '"output_tokens":1000,"total_tokens":1030}}\n\n',
    ),
    "application/json",
  );
  expect(drawn.data).toMatchObject({
    model: "gpt-image-1",
    usage: { source: "provider", buckets: { input: 10, input_image: 20, output: 1_000 } },
  });
});

const chunk = (text: string, output: number, last = false) => ({
  candidates: [{
    content: { parts: [{ text }], role: "model" },
    ...(last && { finishReason: "STOP" }),
  }],
  usageMetadata: {
    promptTokenCount: 10,
    candidatesTokenCount: output,
    totalTokenCount: 10 + output,
  },
  modelVersion: "gemini-2.5-flash",
});

const gemini = "/v1beta/models/gemini-2.5-flash:streamGenerateContent";
const chunks = [chunk("Grüße {", 2), chunk('] "', 4), chunk("世界", 6, true)];
const list = `[${chunks.map((one) => JSON.stringify(one)).join("\n,\r\n")}\n]`;

Deno.test("Gemini's stream without alt=sse is a list that passes as it is and is read", async () => {
  const source = new TextEncoder().encode(list);
  const { bytes, data } = await through(
    gemini,
    JSON.stringify({ contents: [] }),
    (_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      for (let at = 0; at < source.length; at += 13) response.write(source.subarray(at, at + 13));
      response.end();
    },
    "application/json",
  );
  expect(bytes).toEqual(source);
  expect(data).toMatchObject({
    stream: true,
    finish_reason: "STOP",
    usage: { source: "provider", buckets: { input: 10, output: 6 } },
  });
});

Deno.test("such a list that breaks keeps what its whole items said", async () => {
  const source = list.slice(0, list.indexOf("世界"));
  const { data } = await through(
    gemini,
    JSON.stringify({ contents: [] }),
    answerWith("application/json", source),
    "application/json",
  );
  expect(data.usage).toMatchObject({ buckets: { input: 10, output: 4 }, source: "partial" });
});

Deno.test("Ollama's own API, lines of JSON, is read", async () => {
  const lines = [
    { model: "llama3.2", message: { role: "assistant", content: "Hel" }, done: false },
    { model: "llama3.2", message: { role: "assistant", content: "lo" }, done: false },
    {
      model: "llama3.2",
      message: { role: "assistant", content: "" },
      done: true,
      done_reason: "stop",
      prompt_eval_count: 26,
      eval_count: 2,
    },
  ].map((line) => `${JSON.stringify(line)}\n`).join("");
  const { data, bytes } = await through(
    "/proxy/ollama/api/chat",
    JSON.stringify({ model: "llama3.2", messages: [{ role: "user", content: "Hi" }] }),
    answerWith("application/x-ndjson", lines),
    "application/json",
  );
  expect(new TextDecoder().decode(bytes)).toBe(lines);
  expect(data).toMatchObject({
    endpoint: "chat",
    model: "llama3.2",
    response_model: "llama3.2",
    stream: true,
    finish_reason: "stop",
    usage: { source: "provider", buckets: { input: 26, output: 2 } },
  });
});
