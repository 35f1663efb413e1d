/**
 * How fast events are appended: the log's group commit beside one commit for each event, on the same
 * machine, in alternating rounds, each on a file of its own.
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { EventDraft, Payload } from "@/core/log/contract.ts";
import { newRecordKey } from "@/core/log/keys.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { emptyBuckets } from "@/core/event/usage.ts";
import { type BenchTable, toMarkdown } from "./table.ts";

export interface AppendBenchOptions {
  /** Callers that each wait for their append before the next one. @default {[1, 64, 256]} */
  readonly writers?: readonly number[];
  /** Bytes of an event with its payload. @default {[1000, 20000]} */
  readonly sizes?: readonly number[];
  /** Rounds of each kind. @default {3} */
  readonly rounds?: number;
  /** Length of a round. @default {1} */
  readonly seconds?: number;
  /** Takes progress lines. */
  readonly log?: (line: string) => void;
}

interface Sample {
  readonly event: EventDraft;
  readonly payloads: Record<string, Payload> | undefined;
}

interface Round {
  readonly perSecond: number;
  readonly latencies: readonly number[];
}

/** Appends one sample; resolves when it is on disk. */
type Append = (sample: Sample) => Promise<unknown>;

/** Runs the benchmark in directories of its own, which it removes. */
export async function benchAppend(options: AppendBenchOptions = {}): Promise<BenchTable> {
  const { writers = [1, 64, 256], sizes = [1_000, 20_000], log = () => {} } = options;
  const { rounds = 3, seconds = 1 } = options;
  const rows: string[][] = [];
  for (const size of sizes) {
    const samples = Array.from({ length: 64 }, (_, i) => sample(i, size));
    for (const callers of writers) {
      log(`Appending ${size} bytes from ${callers} callers`);
      const grouped: Round[] = [];
      const single: Round[] = [];
      for (let round = 0; round < rounds; round++) {
        grouped.push(await timed(groupCommit, samples, callers, seconds));
        single.push(await timed(commitForEach, samples, callers, seconds));
      }
      rows.push(row(size, callers, grouped, single));
    }
  }
  return {
    title: "Append throughput",
    columns: [
      "event",
      "callers",
      "grouped, events/s",
      "p50 / p99 ms",
      "one commit each, events/s",
      "p50 / p99 ms",
      "ratio (range of rounds)",
    ],
    rows,
    notes: [
      `Medians of ${rounds} rounds of ${seconds} s, alternating; closed loop, file-backed Deno KV, each acknowledgement after fsync.`,
      "Grouped: the log as the product uses it, payloads over 4 KiB compressed and hashed. One commit each: the same event and payload as one plain value.",
    ],
  };
}

/** Opens what appends, and closes it again. */
type Kind = (kv: Deno.Kv, body: (append: Append) => Promise<Round>) => Promise<Round>;

const groupCommit: Kind = async (kv, body) => {
  const log = await openLog({ write: kv, read: kv });
  const writer = createLogWriter({ kv, ...log });
  try {
    return await body(({ event, payloads }) => writer.append(event, payloads));
  } finally {
    await writer.close();
  }
};

const commitForEach: Kind = (kv, body) => {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  return body(({ event, payloads }) => {
    const request = payloads?.request && decoder.decode(payloads.request.bytes);
    const value = encoder.encode(JSON.stringify({ ...event, request }));
    return kv.atomic().set(newRecordKey(kv, 0), value).commit();
  });
};

async function timed(
  kind: Kind,
  samples: readonly Sample[],
  callers: number,
  seconds: number,
): Promise<Round> {
  const directory = await Deno.makeTempDir({ prefix: "watchllm-append-" });
  const kv = await Deno.openKv(`${directory}/kv`);
  try {
    return await kind(kv, async (append) => {
      // The first commits pay for the file's creation.
      for (let i = 0; i < 20; i++) await append(next(samples));
      return await closedLoop(append, samples, callers, seconds * 1000);
    });
  } finally {
    kv.close();
    await Deno.remove(directory, { recursive: true });
  }
}

async function closedLoop(
  append: Append,
  samples: readonly Sample[],
  callers: number,
  ms: number,
): Promise<Round> {
  const latencies: number[] = [];
  const start = performance.now();
  const caller = async () => {
    while (performance.now() - start < ms) {
      const before = performance.now();
      await append(next(samples));
      latencies.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const elapsed = performance.now() - start;
  return { perSecond: latencies.length / elapsed * 1000, latencies };
}

let appended = 0;

/** The next sample, under an id of its own. */
function next(samples: readonly Sample[]): Sample {
  // The index is below the length.
  const { event, payloads } = samples[appended % samples.length] as Sample;
  return { event: { ...event, id: `01JD${String(appended++).padStart(22, "0")}` }, payloads };
}

function row(
  size: number,
  callers: number,
  grouped: readonly Round[],
  single: readonly Round[],
): string[] {
  const ratios = grouped.map((round, i) => round.perSecond / (single[i]?.perSecond ?? NaN));
  const range = `${Math.min(...ratios).toFixed(1)}-${Math.max(...ratios).toFixed(1)}`;
  return [
    `${size / 1000} KB`,
    `${callers}`,
    rate(grouped),
    tail(grouped),
    rate(single),
    tail(single),
    `${quantile(ratios, 0.5).toFixed(1)}× (${range})`,
  ];
}

function rate(rounds: readonly Round[]): string {
  return Math.round(quantile(rounds.map(({ perSecond }) => perSecond), 0.5)).toLocaleString("en");
}

function tail(rounds: readonly Round[]): string {
  const all = rounds.flatMap(({ latencies }) => latencies);
  return `${quantile(all, 0.5).toFixed(2)} / ${quantile(all, 0.99).toFixed(2)}`;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
}

const words =
  "the a model answers question about cost tokens latency cache user asks how many with which and returns list of items in order so that reader can see what happened when it was called"
    .split(" ");

/** Text about as compressible as prompts are: words, and now and then something unique. */
function prose(length: number): string {
  let text = "";
  while (text.length < length) {
    const word = words[Math.floor(Math.random() * words.length)];
    text += Math.random() < 0.2 ? `${Math.random().toString(36).slice(2, 10)} ` : `${word} `;
  }
  return text.slice(0, length);
}

/** A call of which about `size` bytes are kept: up to 2 KB in the event, the rest as its request. */
function sample(i: number, size: number): Sample {
  const event = call(i);
  const rest = size - JSON.stringify(event).length;
  const bytes = new TextEncoder().encode(prose(rest));
  if (rest <= 0) return { event, payloads: undefined };
  return { event, payloads: { request: { contentType: "application/json", bytes } } };
}

function call(i: number): EventDraft {
  return {
    type: "call.completed",
    v: 1,
    id: "01JD0000000000000000000000",
    project: `project-${i % 8}`,
    at: "2026-11-23T09:00:00.000Z",
    data: {
      provider: "openai",
      endpoint: "chat",
      model: "gpt-5",
      response_model: "gpt-5-2026-08-07",
      method: "POST",
      path: "/v1/chat/completions",
      status_code: 200,
      error: null,
      stream: false,
      cache: "MISS",
      latency_ms: 812.25,
      ttft_ms: 640.5,
      overhead_ms: 0.6,
      usage: {
        buckets: { ...emptyBuckets(), input: 310 + i, output: 120 },
        source: "provider",
        reported_total: 430 + i,
        consistent: true,
      },
      cost: {
        usd: "0.0016",
        lines: [],
        price: {
          source: "genai-prices",
          version: "0.1.8",
          provider: "openai",
          model: "gpt-5",
          match: "exact",
          tier: "standard",
        },
      },
      finish_reason: "stop",
      tool_calls: [],
      response_id: `chatcmpl-${i}`,
      key_id: "abcdefghijkl",
      user_id: `user-${i}`,
      session_id: null,
      trace_id: null,
      span_id: null,
      parent_span_id: null,
      properties: {},
      response_bytes: 900,
      demo: false,
    },
  };
}

const help = `Measures how fast events are appended to the log.

  deno run -A bench/append.ts [options]

  --writers 1,64,256   callers
  --sizes 1000,20000   bytes of an event
  --rounds 3           rounds of each kind
  --seconds 1          length of a round
  --json               print the table as JSON instead of Markdown
  --help               print this`;

function numbers(list: string): number[] {
  return list.split(",").map(Number);
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      writers: { type: "string", default: "1,64,256" },
      sizes: { type: "string", default: "1000,20000" },
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  // deno-lint-ignore no-console -- a command line tool prints its result
  const print = console.log;
  if (values.help) {
    print(help);
    Deno.exit(0);
  }
  const table = await benchAppend({
    writers: numbers(values.writers),
    sizes: numbers(values.sizes),
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    // deno-lint-ignore no-console -- progress goes to standard error
    log: (line) => console.error(line),
  });
  print(values.json ? JSON.stringify(table, null, 2) : toMarkdown(table));
}
