import { expect } from "expect";
import type { GatewayPorts } from "@/core/gateway/gateway.ts";
import { standingConnections } from "@/tools/web/standing_connections.ts";
import {
  eventually,
  json,
  post,
  projectKey,
  runGateway,
  type Running,
  runUpstream,
} from "./fixture.ts";
import { seededRandom } from "@/tools/seeded_random.ts";

const encoder = new TextEncoder();
const body = JSON.stringify({ model: "claude-sonnet-4-5", stream: true, max_tokens: 9 });
/** As large as prompts are: the server itself does not look at a connection while such a call is worked on. */
const large = JSON.stringify({
  model: "claude-sonnet-4-5",
  stream: true,
  max_tokens: 9,
  messages: [{ role: "user", content: "Why? ".repeat(4_000) }],
});
const start =
  'event: message_start\ndata: {"type":"message_start","message":{"id":"m","model":"claude-sonnet-4-5","usage":{"input_tokens":50,"output_tokens":1}}}\n\n';
const delta =
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Häppchen"}}\n\n';
const end =
  'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":30}}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n';
const whole = encoder.encode(start + delta.repeat(8) + end);

/** A client that reads some bytes of a call's answer, head and framing included, and leaves. */
async function readAndLeave(port: number, bytes: number, sent: string): Promise<void> {
  const connection = await ask(port, sent);
  // An answer that stalls before that many bytes is left as well.
  const patience = setTimeout(() => connection.close(), 100);
  const buffer = new Uint8Array(512);
  try {
    for (let seen = 0; seen < bytes;) {
      const read = await connection.read(buffer.subarray(0, Math.min(512, bytes - seen)));
      if (read === null) break;
      seen += read;
    }
    connection.close();
  } catch {
    // Closed by impatience, or broken off by the gateway.
  } finally {
    clearTimeout(patience);
  }
}

/** Sends a call; its answer is the connection's. */
async function ask(port: number, sent: string): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = encoder.encode(
    `POST /v1/messages HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-api-key: ${projectKey}\r\ncontent-type: application/json\r\ncontent-length: ${sent.length}\r\n\r\n${sent}`,
  );
  for (let at = 0; at < request.length;) at += await connection.write(request.subarray(at));
  return connection;
}

async function quiet(running: Running, events: number): Promise<void> {
  await eventually(() => running.log.records.length >= events, `${events} events`);
  await eventually(() => running.gateway.open === 0, "no call is open");
  // A second event for a call would follow the first within the same turn.
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(running.log.records.length).toBe(events);
  expect(new Set(running.log.records.map(({ event }) => event.id)).size).toBe(events);
}

Deno.test("a client that leaves at any byte makes exactly one event, and the provider is let go", async () => {
  const random = seededRandom(11);
  let stalls = 0;
  await using upstream = await runUpstream((_, response) => {
    // Sends part of the answer and then waits, so that the client leaves in the middle.
    const part = whole.subarray(0, Math.floor(random() * (whole.length + 1)));
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(part.length > 0 ? part : ":\n\n");
    if (part.length === whole.length) response.end();
    else stalls++;
  });
  await using running = runGateway({ upstreams: { anthropic: upstream.url } });
  const runs = 200;
  for (let i = 0; i < runs; i += 10) {
    await Promise.all(Array.from(
      { length: 10 },
      () =>
        readAndLeave(running.port, 1 + Math.floor(random() * 300), random() < 0.5 ? body : large),
    ));
  }
  await quiet(running, runs);
  await eventually(() => upstream.left >= stalls, "every waiting provider connection is closed");
  const types = Map.groupBy(running.log.records, ({ event }) => event.type);
  expect([...types.keys()].every((type) => type !== "call.failed")).toBe(true);
  for (const { event: { data } } of types.get("call.aborted") ?? []) {
    expect(data.error).toMatchObject({ code: "client_closed", origin: "client" });
    expect(["partial", "none", "estimate"]).toContain(data.usage.source);
    // Nothing was reported until then: a prompt of 20 KB was read all the same.
    if (data.usage.source === "estimate") {
      expect(data.usage.estimated?.input).toBeGreaterThan(1_000);
    }
    if (data.usage.source === "partial") expect(data.usage.buckets.input).toBe(50);
  }
  for (const { event } of types.get("call.completed") ?? []) {
    expect(event.data.usage).toMatchObject({
      source: "provider",
      buckets: { input: 50, output: 30 },
    });
  }
  expect(types.get("call.aborted")?.length).toBeGreaterThan(100);
});

Deno.test("a client that leaves before the head lets the provider go at once", async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  await using upstream = await runUpstream((_, response) => {
    response.on("close", () => resolve());
  });
  await using running = runGateway({ upstreams: { anthropic: upstream.url } });
  const leaving = new AbortController();
  const call = fetch(`${running.url}/v1/messages`, {
    method: "POST",
    body,
    headers: { "x-api-key": projectKey },
    signal: leaving.signal,
  });
  await eventually(() => upstream.seen.length === 1, "the provider was asked");
  leaving.abort();
  await expect(call).rejects.toThrow();
  // The provider itself never answers, and the gateway would wait ten seconds for it.
  await closed;
  await quiet(running, 1);
  expect(running.log.only.event).toMatchObject({
    type: "call.aborted",
    data: { status_code: null, usage: { source: "none" }, ttft_ms: null },
  });
});

for (const streamed of [true, false]) {
  const form = streamed ? "a stream" : "an answer in one piece";
  Deno.test(`a client that asked for ${form} at length and leaves before the head lets the provider go`, async () => {
    // The provider itself never answers, and the gateway would wait ten seconds for it.
    await using upstream = await runUpstream(() => {});
    await using running = runGateway({ upstreams: { anthropic: upstream.url } });
    const sent = streamed ? large : large.replace('"stream":true', '"stream":false');
    const connection = await ask(running.port, sent);
    await eventually(() => upstream.seen.length === 1, "the provider was asked");
    connection.close();
    await eventually(() => upstream.left === 1, "the provider's connection is closed");
    await quiet(running, 1);
    expect(running.log.only.event).toMatchObject({
      type: "call.aborted",
      data: {
        status_code: null,
        error: { code: "client_closed", origin: "client" },
        usage: { source: "none" },
      },
    });
  });
}

Deno.test("a client that waits for long is not taken for one that left", async () => {
  let looks = 0;
  const { promise: told, resolve: answer } = Promise.withResolvers<void>();
  await using upstream = await runUpstream((_, response) => {
    told.then(() => json(response, { id: "m", type: "message", content: [] }));
  });
  await using running = runGateway({
    upstreams: { anthropic: upstream.url },
    ports: {
      standingConnections() {
        looks++;
        return standingConnections();
      },
    },
  });
  const sent = large.replace('"stream":true', '"stream":false');
  const call = post(`${running.url}/v1/messages`, sent, { "x-api-key": projectKey });
  await eventually(() => looks > 2, "its connection was looked at");
  answer();
  const answered = await call;
  expect(answered.status).toBe(200);
  await answered.arrayBuffer();
  await quiet(running, 1);
  expect(running.log.only.event.type).toBe("call.completed");
});

/** Where the system does not tell of connections, as elsewhere than on Linux. */
const untold: Partial<GatewayPorts> = { standingConnections: () => Promise.resolve(null) };

Deno.test("where nothing tells of connections, leaving before the head is noticed when the answer's stream begins", async () => {
  const { promise: told, resolve: answer } = Promise.withResolvers<void>();
  await using upstream = await runUpstream((_, response) => {
    told.then(() => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      // And then nothing, for ever.
      response.write(start + delta);
    });
  });
  await using running = runGateway({
    upstreams: { anthropic: upstream.url },
    ports: untold,
  });
  const connection = await ask(running.port, large);
  await eventually(() => upstream.seen.length === 1, "the provider was asked");
  connection.close();
  answer();
  await eventually(() => upstream.left === 1, "the provider's connection is closed");
  await quiet(running, 1);
  expect(running.log.only.event).toMatchObject({
    type: "call.aborted",
    data: {
      status_code: 200,
      error: { code: "client_closed", origin: "client" },
      usage: { source: "partial", buckets: { input: 50 } },
    },
  });
});

Deno.test("where nothing tells of connections, an answer in one piece that nobody takes is a completed call, and paid", async () => {
  const { promise: told, resolve: answer } = Promise.withResolvers<void>();
  await using upstream = await runUpstream((_, response) => {
    told.then(() =>
      json(response, {
        id: "m",
        type: "message",
        model: "claude-sonnet-4-5",
        content: [],
        stop_reason: "end_turn",
        usage: { input_tokens: 4_000, output_tokens: 30 },
      })
    );
  });
  await using running = runGateway({
    upstreams: { anthropic: upstream.url },
    ports: untold,
  });
  const connection = await ask(running.port, large.replace('"stream":true', '"stream":false'));
  await eventually(() => upstream.seen.length === 1, "the provider was asked");
  connection.close();
  answer();
  await quiet(running, 1);
  expect(running.log.only.event).toMatchObject({
    type: "call.completed",
    data: {
      status_code: 200,
      error: null,
      usage: { source: "provider", buckets: { input: 4_000, output: 30 } },
      cost: { usd: "0.01245" },
    },
  });
});

Deno.test("a client that leaves after the last event has a completed call", async () => {
  await using upstream = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(whole);
  });
  await using running = runGateway({
    upstreams: { anthropic: upstream.url },
    durability: "relaxed",
  });
  const response = await post(`${running.url}/v1/messages`, body, { "x-api-key": projectKey });
  let seen = 0;
  for await (const bytes of response.body ?? []) {
    seen += bytes.length;
    if (seen >= whole.length) break;
  }
  await quiet(running, 1);
  expect(running.log.only.event.type).toBe("call.completed");
});

Deno.test("a provider that dies at any byte makes exactly one failed call, and the client can tell", async () => {
  const random = seededRandom(23);
  await using upstream = await runUpstream((_, response) => {
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "content-length": whole.length,
    });
    const part = whole.subarray(0, 1 + Math.floor(random() * (whole.length - 200)));
    response.write(part, () => setTimeout(() => response.destroy(), 1));
  });
  await using running = runGateway({ upstreams: { anthropic: upstream.url } });
  const runs = 200;
  for (let i = 0; i < runs; i++) {
    const response = await post(`${running.url}/v1/messages`, body, { "x-api-key": projectKey });
    if (response.status === 502) await response.body?.cancel();
    else await expect(response.arrayBuffer()).rejects.toThrow();
  }
  await quiet(running, runs);
  for (const { event } of running.log.records) {
    expect(event.type).toBe("call.failed");
    expect(event.data.error).toMatchObject({ code: "upstream_broken", origin: "network" });
    expect(["partial", "none"]).toContain(event.data.usage.source);
  }
});

Deno.test("both sides leaving at once still make exactly one event each", async () => {
  const random = seededRandom(31);
  await using upstream = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(whole.subarray(0, 1 + Math.floor(random() * whole.length)));
    setTimeout(() => random() < 0.5 ? response.destroy() : response.end(), random() * 3);
  });
  await using running = runGateway({ upstreams: { anthropic: upstream.url } });
  for (let i = 0; i < 200; i += 10) {
    await Promise.all(Array.from(
      { length: 10 },
      () =>
        readAndLeave(running.port, 1 + Math.floor(random() * 1_500), random() < 0.5 ? body : large),
    ));
  }
  await quiet(running, 200);
});

Deno.test("a client that leaves while it sends its body makes one aborted call", async () => {
  await using running = runGateway();
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: running.port });
  await connection.write(encoder.encode(
    `POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: ${projectKey}\r\ncontent-length: 100\r\n\r\n{"mo`,
  ));
  await eventually(() => running.gateway.open === 1, "the call is open");
  connection.close();
  await quiet(running, 1);
  expect(running.log.only.event.type).toBe("call.aborted");
});

Deno.test("a client that leaves while a broken call waits for its commit harms nobody", async () => {
  await using upstream = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    // The last event begins and does not end: its piece is held when the connection breaks.
    response.write(start + 'event: message_stop\ndata: {"type', () => {
      setTimeout(() => response.destroy(), 5);
    });
  });
  await using running = runGateway({ upstreams: { anthropic: upstream.url } });
  running.log.hold();
  const response = await post(`${running.url}/v1/messages`, body, { "x-api-key": projectKey });
  await eventually(() => running.log.pending.events === 1, "the event waits for the log");
  await response.body?.cancel();
  running.log.release();
  await quiet(running, 1);
  expect(running.log.only.event).toMatchObject({
    type: "call.failed",
    data: { usage: { source: "partial" }, error: { code: "upstream_broken" } },
  });
});
