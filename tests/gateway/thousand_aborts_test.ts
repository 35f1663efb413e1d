import { expect } from "expect";
import type http from "node:http";
import { cut } from "../corpus/framing.ts";
import { eventually, projectKey, runGateway, runUpstream } from "./fixture.ts";
import { seededRandom } from "@/tools/seeded_random.ts";

const encoder = new TextEncoder();
const runs = 1_000;
const atOnce = 8;

const events = [
  {
    type: "message_start",
    message: {
      id: "m",
      model: "claude-sonnet-4-5",
      content: [],
      usage: { input_tokens: 50, output_tokens: 1 },
    },
  },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  ...Array.from({ length: 12 }, () => ({
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text: "Häppchen 🙂 " },
  })),
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 30 } },
  { type: "message_stop" },
];
const whole = encoder.encode(
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""),
);

type Who = "client" | "upstream" | "both";

interface Run {
  readonly who: Who;
  /** Bytes that the client reads before it leaves. */
  readonly clientBytes: number;
  /** Bytes that the provider sends before it breaks the connection, or says nothing more. */
  readonly upstreamBytes: number;
  /** By OpenAI's path, so that the stream is translated on its way. */
  readonly translated: boolean;
  readonly retried: boolean;
  /** A request whose connection the server itself does not look at until the answer begins. */
  readonly long: boolean;
  readonly seed: number;
  clientLeftAt: number | null;
  upstreamClosedAt: number | null;
}

function planned(): Run[] {
  const random = seededRandom(1_000);
  return Array.from({ length: runs }, (_, i) => ({
    who: (["client", "upstream", "both"] as const)[Math.floor(random() * 3)] ?? "both",
    // Now and then before the head, mostly within the body.
    clientBytes: Math.floor(random() * 2_500),
    upstreamBytes: Math.floor(random() * (whole.length + 1)),
    translated: random() < 0.3,
    retried: random() < 0.3,
    long: random() < 0.5,
    seed: i,
    clientLeftAt: null,
    upstreamClosedAt: null,
  }));
}

/** Sends a part of the stream in random pieces, then breaks or stalls. */
async function answer(run: Run, response: http.ServerResponse): Promise<void> {
  const random = seededRandom(run.seed + 7);
  const sent = whole.subarray(0, run.upstreamBytes);
  response.on("close", () => {
    run.upstreamClosedAt = performance.now();
  });
  if (sent.length > 0 || random() < 0.5) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
  }
  for (const piece of cut(sent, random)) {
    if (response.destroyed) return;
    if (!response.headersSent) return;
    response.write(piece);
    if (random() < 0.1) await new Promise((resolve) => setTimeout(resolve, random() * 2));
  }
  if (run.who === "client" && sent.length < whole.length) return;
  if (sent.length === whole.length) response.end();
  else response.destroy();
}

/** Reads some bytes and leaves, or reads until the end. */
async function ask(port: number, run: Run, name: string): Promise<void> {
  const path = run.translated ? "/v1/chat/completions" : "/v1/messages";
  const model = run.translated ? `anthropic/${name}` : name;
  const body = JSON.stringify({
    model,
    stream: true,
    max_tokens: 9,
    messages: [{ role: "user", content: run.long ? "Why? ".repeat(1_000) : "Hi" }],
  });
  const retries = run.retried ? "x-watchllm-retries: 1\r\n" : "";
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = encoder.encode(
    `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-api-key: ${projectKey}\r\n${retries}content-type: application/json\r\ncontent-length: ${
      encoder.encode(body).length
    }\r\n\r\n${body}`,
  );
  for (let at = 0; at < request.length;) at += await connection.write(request.subarray(at));
  const leave = () => {
    if (run.clientLeftAt !== null) return;
    run.clientLeftAt = performance.now();
    connection.close();
  };
  const leaves = run.who !== "upstream";
  // An answer that stalls is left as well.
  const patience = leaves ? setTimeout(leave, 60) : undefined;
  const buffer = new Uint8Array(512);
  try {
    for (let seen = 0; !leaves || seen < run.clientBytes;) {
      const read = await connection.read(buffer);
      if (read === null) break;
      seen += read;
    }
  } catch {
    // Closed by impatience, or broken off by the gateway.
  }
  clearTimeout(patience);
  leave();
}

Deno.test("1,000 aborts by client, provider or both: one event each, and the provider is let go at once", async () => {
  const all = planned();
  const byName = new Map(all.map((run, i) => [`claude-run-${i}`, run]));
  const asked = new Set<Run>();
  await using upstream = await runUpstream((seen, response) => {
    const { model } = JSON.parse(new TextDecoder().decode(seen.body));
    const run = byName.get(model);
    if (!run) throw new Error(`No run ${model}`);
    asked.add(run);
    run.upstreamClosedAt = null;
    answer(run, response).catch(() => {});
  });
  // No wait between two attempts.
  await using running = runGateway({
    upstreams: { anthropic: upstream.url },
    ports: { random: () => 0 },
  });
  const waiting = [...byName];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      await ask(running.port, next[1], next[0]);
    }
  }));
  const terminal = () =>
    running.log.records.filter(({ event }) => (event.type as string) !== "call.attempted");
  await eventually(() => terminal().length >= runs, `${runs} events`);
  await eventually(() => running.gateway.open === 0, "no call is open");
  await eventually(
    () => [...asked].every(({ upstreamClosedAt }) => upstreamClosedAt !== null),
    "every provider connection is closed",
  );
  // A second event for a call would follow the first within the same turn.
  await new Promise((resolve) => setTimeout(resolve, 30));
  const records = terminal().map(({ event }) => event);
  expect(records.length).toBe(runs);
  expect(new Set(records.map(({ id }) => id)).size).toBe(runs);

  const types = Map.groupBy(records, ({ type }) => type);
  for (const { data } of types.get("call.completed") ?? []) {
    expect(data.usage).toMatchObject({ source: "provider", buckets: { input: 50, output: 30 } });
  }
  for (const { data } of types.get("call.aborted") ?? []) expect(data.error?.origin).toBe("client");
  for (const { data } of types.get("call.failed") ?? []) {
    expect(["network", "provider"]).toContain(data.error?.origin);
  }

  const delays = all.flatMap(({ who, clientLeftAt, upstreamClosedAt }) =>
    who === "client" && clientLeftAt !== null && upstreamClosedAt !== null &&
      upstreamClosedAt >= clientLeftAt
      ? [upstreamClosedAt - clientLeftAt]
      : []
  ).sort((a, b) => a - b);
  const share = (part: number) => (delays[Math.floor(delays.length * part)] ?? 0).toFixed(1);
  // deno-lint-ignore no-console -- the figures are what one runs this test for
  console.info(
    `${runs} aborts: ${[...types].map(([type, some]) => `${type} ${some.length}`).join(", ")}; ` +
      `provider let go after ${share(0.5)} ms (p50), ${share(0.99)} ms (p99), ${
        delays.at(-1)?.toFixed(1)
      } ms (most), of ${delays.length}`,
  );
  expect(delays.length).toBeGreaterThan(150);
});
