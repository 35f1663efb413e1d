import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import http from "node:http";
import { expect } from "expect";
import {
  chatAnswer,
  eventually,
  json,
  post,
  projectKey,
  runGateway,
  runUpstream,
} from "./fixture.ts";

const encoder = new TextEncoder();
const chat = { model: "gpt-4o", messages: [] };

const codings: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array])[] = [
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
];

/** A client that does not decompress. */
function rawPost(
  url: string,
  body: string,
): Promise<{ headers: http.IncomingHttpHeaders; bytes: Uint8Array }> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, {
      method: "POST",
      headers: { authorization: `Bearer ${projectKey}`, "accept-encoding": "gzip, br, zstd" },
    }, (response) => {
      const chunks: number[] = [];
      response.on("data", (chunk: Uint8Array) => chunks.push(...chunk));
      response.on(
        "end",
        () => resolve({ headers: response.headers, bytes: new Uint8Array(chunks) }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

for (const [coding, compress] of codings) {
  Deno.test(`a ${coding} answer passes compressed and is recorded readable`, async () => {
    const plain = encoder.encode(JSON.stringify(chatAnswer));
    const compressed = compress(plain);
    await using upstream = await runUpstream((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": coding });
      response.end(compressed);
    });
    await using running = runGateway({ upstreams: { openai: upstream.url } });
    const { headers, bytes } = await rawPost(
      `${running.url}/v1/chat/completions`,
      JSON.stringify(chat),
    );
    expect(headers["content-encoding"]).toBe(coding);
    expect(bytes).toEqual(new Uint8Array(compressed));
    expect(upstream.seen[0]?.headers["accept-encoding"]).toBe("gzip, br, zstd");
    const { event, payloads } = running.log.only;
    expect(new Uint8Array(payloads.response?.bytes ?? [])).toEqual(plain);
    expect(event.data.cost.usd).toBe("0.006125");
  });
}

Deno.test("a compressed stream that is cut keeps what came", async () => {
  const start = 'data: {"id":"c9","model":"gpt-4o","choices":[]}\n\n';
  const compressed = gzipSync(encoder.encode(start + "data: {}\n\n".repeat(500)));
  await using upstream = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "content-encoding": "gzip" });
    response.write(compressed.subarray(0, compressed.length - 12), () => {
      setTimeout(() => response.destroy(), 10);
    });
  });
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  const response = await post(`${running.url}/v1/chat/completions`, { ...chat, stream: true });
  await expect(response.text()).rejects.toThrow();
  await eventually(() => running.log.records.length === 1, "the event");
  expect(running.log.only.event).toMatchObject({
    type: "call.failed",
    data: { response_id: "c9" },
  });
});

Deno.test("a small body that grows without end is kept up to the bound", async () => {
  const bomb = gzipSync(new Uint8Array(40 * 1024 * 1024));
  await using upstream = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
    response.end(bomb);
  });
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  const { bytes } = await rawPost(`${running.url}/v1/chat/completions`, "{}");
  expect(bytes.length).toBe(bomb.length);
  const kept = running.log.only.payloads.response;
  expect(kept?.bytes.length).toBe(10 * 1024 * 1024);
  expect(kept?.originalBytes).toBe(40 * 1024 * 1024);
});

Deno.test("usage at the end of an answer longer than what is kept is still found", async () => {
  const numbers = "0.123456789,".repeat(1_000_000);
  const source =
    `{"data":[${numbers}0],"usage":{"prompt_tokens":77,"total_tokens":77},"model":"m"}`;
  await using upstream = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(source);
  });
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  const response = await post(`${running.url}/v1/embeddings`, { model: "m", input: "x" });
  expect((await response.text()).length).toBe(source.length);
  const { event, payloads } = running.log.only;
  expect(event.data.usage.buckets.input).toBe(77);
  expect(event.data.response_bytes).toBe(source.length);
  expect(payloads.response?.originalBytes).toBe(source.length);
});

Deno.test("a client that does not read slows the provider down instead of filling memory", async () => {
  const piece = new Uint8Array(64 * 1024).fill(120);
  const total = 200 * 1024 * 1024;
  let written = 0;
  let blocked = false;
  await using upstream = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "application/octet-stream" });
    const pump = () => {
      blocked = false;
      while (written < total) {
        written += piece.length;
        if (!response.write(piece)) {
          blocked = true;
          return void response.once("drain", pump);
        }
      }
      response.end();
    };
    pump();
  });
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  const response = await fetch(`${running.url}/proxy/openai/v1/files/f/content`, {
    headers: { authorization: `Bearer ${projectKey}` },
  });
  const reader = response.body?.getReader();
  await reader?.read();
  // The provider comes to a halt far from the end, and stays there.
  let last = -1;
  await eventually(() => {
    const stands = blocked && written === last;
    last = written;
    return stands;
  }, "the provider is held up");
  expect(written).toBeLessThan(total / 4);
  let read = piece.length;
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    read += part.value.length;
  }
  expect(read).toBeGreaterThanOrEqual(total - piece.length);
  expect(running.log.only.event).toMatchObject({
    type: "call.completed",
    data: { response_bytes: total },
  });
});

Deno.test("answer headers pass, except those that bind the connection or the gateway's host", async () => {
  await using upstream = await runUpstream((_, response) => {
    response.writeHead(
      200,
      [
        ["content-type", "application/json"],
        ["x-request-id", "req_1"],
        ["retry-after", "3"],
        ["x-ratelimit-remaining-tokens", "9"],
        ["x-multi", "a"],
        ["x-multi", "b"],
        ["set-cookie", "__cf_bm=1"],
        ["alt-svc", 'h3=":443"'],
        ["strict-transport-security", "max-age=1"],
        ["keep-alive", "timeout=5"],
        ["x-hop", "1"],
        ["connection", "close, X-Hop"],
        ["x-accel-redirect", "/internal/"],
        ["x-watchllm-cost-usd", "0"],
        ["x-watchllm-target", "mine"],
      ].flat(),
    );
    response.end("{}");
  });
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  const { headers } = await rawPost(`${running.url}/v1/chat/completions`, "{}");
  expect(headers).toMatchObject({
    "x-request-id": "req_1",
    "retry-after": "3",
    "x-ratelimit-remaining-tokens": "9",
    "x-multi": "a, b",
  });
  const kept = ["set-cookie", "alt-svc", "strict-transport-security", "x-hop", "x-accel-redirect"];
  for (const name of [...kept, "x-watchllm-cost-usd", "x-watchllm-target"]) {
    expect([name, headers[name]]).toEqual([name, undefined]);
  }
});

Deno.test("answers without a body, and HEAD, pass and are recorded", async () => {
  await using upstream = await runUpstream(({ method, path }, response) => {
    if (path === "/v1/files") response.writeHead(200).end();
    else if (method === "HEAD") response.writeHead(200, { "content-length": 55 }).end();
    else response.writeHead(204).end();
  });
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  const headers = { authorization: `Bearer ${projectKey}` };
  const head = await fetch(`${running.url}/v1/models`, { method: "HEAD", headers });
  expect([head.status, head.headers.get("content-length")]).toEqual([200, "55"]);
  const removed = await fetch(`${running.url}/v1/responses/r1`, { method: "DELETE", headers });
  expect([removed.status, await removed.text()]).toEqual([204, ""]);
  // Chunks, which it would be sent in, say no length: nothing is not one.
  const chunked = await fetch(`${running.url}/v1/files`, { method: "HEAD", headers });
  expect([chunked.status, chunked.headers.get("content-length")]).toEqual([200, null]);
  expect(running.log.records.map(({ event }) => event.type)).toEqual([
    "call.completed",
    "call.completed",
    "call.completed",
  ]);
});

Deno.test("bodies that a caller wants kept out are kept out", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  const headers = { authorization: `Bearer ${projectKey}`, "helicone-omit-request": "true" };
  await (await post(`${running.url}/v1/chat/completions`, chat, headers)).text();
  expect(Object.keys(running.log.only.payloads)).toEqual(["response"]);
});

Deno.test("a kept connection that the provider closed is replaced without the client's notice", async () => {
  await using upstream = await runUpstream((_, response) => {
    json(response, chatAnswer);
    // Closed right after the answer, without saying so in the head.
    response.on("finish", () => setTimeout(() => response.socket?.destroy(), 1));
  });
  await using running = runGateway({
    upstreams: { openai: upstream.url },
    // A machine that is busy would take the provider for one that worked on it.
    ports: { monotonic: () => 0 },
  });
  for (let i = 0; i < 60; i++) {
    const response = await post(`${running.url}/v1/chat/completions`, chat);
    expect([i, response.status]).toEqual([i, 200]);
    await response.text();
    if (i % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(running.log.records.length).toBe(60);
});

Deno.test("GET /v1/providers lists the providers without a key", async () => {
  await using running = runGateway();
  const { providers } = await (await fetch(`${running.url}/v1/providers`)).json();
  expect(providers).toContainEqual({
    name: "groq",
    title: "Groq",
    path: "/proxy/groq/",
    openai_compatible: true,
    credentials: ["api_key"],
  });
});
