/**
 * How fast consumers bring a backlog from the log into the embedded ClickHouse, and how soon a single
 * call can be seen there when nothing else happens.
 *
 * @module
 */
import process from "node:process";
import { createStore } from "@/clickhouse/client.ts";
import { startEmbedded } from "@/clickhouse/embedded/engine.ts";
import { migrate } from "@/clickhouse/migrate.ts";
import { createClickHouseProjection } from "@/consumers/clickhouse/projection.ts";
import { prove } from "@/consumers/proof.ts";
import { registerConsumer } from "@/consumers/registry.ts";
import { runConsumers } from "@/consumers/run.ts";
import { createBell } from "@/consumers/wake.ts";
import type { CallEvent } from "@/core/event/event.ts";
import { emptyBuckets } from "@/core/event/usage.ts";
import type { EventDraft, LogWriter } from "@/core/log/contract.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import type { BenchTable } from "./table.ts";
import { seededRandom } from "@/tools/seeded_random.ts";

export interface DrainBenchOptions {
  /** Events of the backlog. @default {60000} */
  readonly events?: number;
  /** Single calls whose way is timed. @default {40} */
  readonly singles?: number;
  /** Takes progress lines. */
  readonly log?: (line: string) => void;
}

/** Runs the benchmark in a directory of its own, which it removes. */
export async function benchDrain(options: DrainBenchOptions = {}): Promise<BenchTable> {
  const { events = 60_000, singles = 40, log = () => {} } = options;
  const directory = await Deno.makeTempDir({ prefix: "watchllm-drain-" });
  const engine = await startEmbedded({ dataDir: `${directory}/clickhouse`, log });
  const [writing, reading] = [
    await Deno.openKv(`${directory}/log.sqlite`),
    await Deno.openKv(`${directory}/log.sqlite`),
  ];
  const { url, user, password, database } = engine;
  const server = { url, user, password, database };
  await migrate({ ...server, log });
  const store = createStore(server);
  try {
    const identity = await openLog({ write: writing, read: reading });
    const writer = createLogWriter({ ...identity, kv: writing });
    const reader = createLogReader({ ...identity, kv: reading });
    await registerConsumer(writing, {
      projection: "clickhouse",
      generation: 1,
      state: "active",
    }, Date.now());

    log(`Appending ${events} events`);
    const bytes = await fill(writer, events);

    log("Draining");
    const bell = createBell();
    const stop = new AbortController();
    const begun = performance.now();
    const cpuBefore = cpuSeconds();
    let delivered = 0;
    const drained = Promise.withResolvers<void>();
    const running = runConsumers({
      kv: writing,
      reader,
      bell,
      projectionOf: ({ generation }) =>
        createClickHouseProjection({ store, generation, logGeneration: identity.generation }),
      report: ({ level, message }) => log(`${level}: ${message}`),
      onAdvance: (_, rows) => {
        delivered += rows;
        if (delivered >= events) drained.resolve();
      },
    }, stop.signal);
    await drained.promise;
    const seconds = (performance.now() - begun) / 1000;
    const cpu = cpuSeconds() - cpuBefore;
    const proof = await prove({ kv: writing, reader, store });
    if (!proof?.complete) throw new Error(`The drain is not complete: ${JSON.stringify(proof)}`);

    log("Timing single calls");
    const waits: number[] = [];
    for (let i = 0; i < singles; i++) {
      // Idle: longer than small batches are held back for.
      await pause(1_200);
      waits.push(await timeToSee(`single-${i}`, writer, bell.ring, store));
    }
    stop.abort();
    await running;
    await writer.close();
    waits.sort((a, b) => a - b);
    return {
      title: "Consumers: from the log into the embedded ClickHouse",
      columns: ["measure", "figure", "goal"],
      rows: [
        ["backlog drained, events/s", Math.round(events / seconds).toLocaleString("en"), "10,000"],
        ["size of an event in the log, bytes", Math.round(bytes / events).toString(), "2,000"],
        ["CPU of the consumer for one event, µs", Math.round(cpu / events * 1e6).toString(), ""],
        ["call seen in ClickHouse when idle, p50 ms", quantile(waits, 0.5), "300"],
        ["call seen in ClickHouse when idle, p99 ms", quantile(waits, 0.99), "2,000"],
      ],
      notes: [
        `${events} events in ${identity.partitions} partitions, bodies of random words, into three ` +
        "tables with text index; every event counted in ClickHouse afterwards.",
        `Idle: one append, a nudge, then a query every 5 ms until the list has it; ${singles} times.`,
      ],
    };
  } finally {
    await store.close();
    reading.close();
    writing.close();
    await engine.stop();
    await Deno.remove(directory, { recursive: true });
  }
}

async function fill(writer: LogWriter, events: number): Promise<number> {
  const random = seededRandom(7);
  let bytes = 0;
  let next = 0;
  const one = async () => {
    while (next < events) {
      const { event, payloads, size } = sample(next++, random);
      bytes += size;
      await writer.append(event, payloads);
    }
  };
  await Promise.all(Array.from({ length: 256 }, one));
  return bytes;
}

async function timeToSee(
  id: string,
  writer: LogWriter,
  nudge: () => void,
  store: ReturnType<typeof createStore>,
): Promise<number> {
  const { event, payloads } = sample(0, seededRandom(id.length));
  await writer.append({ ...event, id, project: "singles" }, payloads);
  const committed = performance.now();
  nudge();
  while (true) {
    const rows = await store.query(
      "SELECT 1 FROM events_list WHERE project_id = 'singles' AND event_id = {id:String}",
      { id },
    );
    if (rows.length > 0) return performance.now() - committed;
    await pause(5);
  }
}

const words = Array.from({ length: 4_000 }, (_, i) => (i * 7919 + 104729).toString(36));
const utf8 = new TextEncoder();
const first = Date.UTC(2026, 2, 1);

/** A chat call of about 2 KB. */
function sample(n: number, random: () => number) {
  const text = (count: number) =>
    Array.from({ length: count }, () => words[Math.floor(random() ** 2 * words.length)]).join(" ");
  const request = JSON.stringify({
    model: "gpt-4o",
    messages: [{ role: "user", content: text(60) }],
  });
  const response = JSON.stringify({
    id: `chatcmpl-${n}`,
    choices: [{ index: 0, message: { role: "assistant", content: text(50) } }],
    usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
  });
  const draft: Omit<CallEvent, "payloads"> = {
    id: `01JD${n.toString().padStart(22, "0")}`,
    project: `project-${n % 50}`,
    at: new Date(first + n * 700).toISOString(),
    type: "call.completed",
    v: 1,
    data: {
      provider: "openai",
      endpoint: "chat",
      model: "gpt-4o",
      response_model: "gpt-4o-2024-08-06",
      method: "POST",
      path: "/v1/chat/completions",
      status_code: 200,
      error: null,
      stream: false,
      cache: "MISS",
      latency_ms: 500 + random() * 1000,
      ttft_ms: 100 + random() * 200,
      overhead_ms: random(),
      usage: {
        buckets: { ...emptyBuckets(), input: 100, output: 20 },
        source: "provider",
        reported_total: 120,
        consistent: true,
      },
      cost: {
        usd: "0.00045",
        lines: [
          { bucket: "input", units: 100, usd_per_million: "2.5", usd: "0.00025" },
          { bucket: "output", units: 20, usd_per_million: "10", usd: "0.0002" },
        ],
        price: {
          source: "genai-prices",
          version: "0.1.8",
          provider: "openai",
          model: "gpt-4o",
          match: "exact",
          tier: "standard",
        },
      },
      finish_reason: "stop",
      tool_calls: [],
      response_id: `chatcmpl-${n}`,
      key_id: "abcdefghijkl",
      user_id: `user-${n % 1_000}`,
      session_id: `session-${n % 5_000}`,
      trace_id: null,
      span_id: null,
      parent_span_id: null,
      properties: { team: `team-${n % 7}` },
      response_bytes: response.length,
      demo: false,
    },
  };
  const contentType = "application/json";
  return {
    // The three types of a call share one shape, which the union of drafts cannot say.
    event: draft as EventDraft,
    payloads: {
      request: { bytes: utf8.encode(request), contentType },
      response: { bytes: utf8.encode(response), contentType },
    },
    size: JSON.stringify(draft).length + request.length + response.length,
  };
}

function quantile(sorted: readonly number[], q: number): string {
  return Math.round(sorted[Math.ceil(q * sorted.length) - 1] ?? 0).toString();
}

/** Processor time of this process so far, where the system tells it. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

if (import.meta.main) {
  const [events, singles] = Deno.args.map(Number);
  const { title, columns, rows, notes } = await benchDrain({
    ...(events && { events }),
    ...(singles !== undefined && { singles }),
    log: (line) => Deno.stderr.writeSync(utf8.encode(`${line}\n`)),
  });
  const print = (line: string) => Deno.stdout.writeSync(utf8.encode(`${line}\n`));
  print(title);
  for (const row of [columns, ...rows]) print(row.join(" | "));
  for (const note of notes) print(note);
}
