/**
 * What reading usage and pricing cost for each call: the same bytes through the same gateway, once as an
 * answer that is read and priced, once as bytes that only pass. And whether large bodies and long
 * streams leave memory behind.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { readConfig } from "@/core/config.ts";
import { createGateway } from "@/core/gateway/gateway.ts";
import { readAnswer } from "@/core/gateway/formats/read.ts";
import { formats } from "@/core/gateway/formats/table.ts";
import { callCost } from "@/core/pricing/call_cost.ts";
import { noProjectPrices } from "@/core/pricing/project_price.ts";
import { type BenchTable, toMarkdown } from "./table.ts";
import { startUsageUpstream, type UsageUpstream } from "./usage/upstream.ts";
import { answers, type SampleAnswer } from "./usage/answers.ts";

export interface UsageBenchOptions {
  /** Alternating rounds. @default {7} */
  readonly rounds?: number;
  /** Calls of a round. @default {300} */
  readonly calls?: number;
  /** Calls of each memory test. @default {300} */
  readonly memoryCalls?: number;
  /** Takes progress lines. */
  readonly log?: (line: string) => void;
}

const key = `wl_live_${"Usage1".repeat(2)}_${"u".repeat(43)}`;

export async function benchUsage(options: UsageBenchOptions = {}): Promise<BenchTable[]> {
  const { rounds = 7, calls = 300, memoryCalls = 300, log = () => {} } = options;
  await using upstream = await startUsageUpstream();
  await using running = runGateway(upstream);
  const rows: string[][] = [];
  for (const sample of answers) {
    log(`Usage of ${sample.name}`);
    const alone = microseconds(() => read(sample), sample);
    const priced = microseconds(() => price(sample), sample);
    const share = Math.min(calls, Math.ceil(calls * 4_096 / sample.bytes.length) + 20);
    const [passed, counted] = await alternate(running, sample, rounds, share);
    rows.push([
      sample.name,
      `${Math.round(sample.bytes.length / 1024)} KB`,
      alone.toFixed(1),
      priced.toFixed(1),
      passed.toFixed(0),
      counted.toFixed(0),
      `${(100 * (alone + priced) / counted).toFixed(1)} %`,
    ]);
  }
  const memory: string[][] = [];
  for (const sample of answers.filter(({ large }) => large)) {
    log(`Memory with ${sample.name}`);
    memory.push(await memoryRow(running, sample, memoryCalls));
  }
  return [
    {
      title: "Usage and price of each call",
      columns: [
        "answer",
        "size",
        "reading usage, µs",
        "pricing, µs",
        "call that only passes, µs",
        "call that is read and priced, µs",
        "share of the call",
      ],
      rows,
      notes: [
        `Medians of ${rounds} alternating rounds, one call after the other, client, gateway and provider on one machine. The call that only passes has the same bytes under a type that is not read; small ones then go on as a stream, which costs more than the reading that it saves.`,
        "Reading happens after the answer's last byte was taken in, never before a byte goes on. The log is left out: it has a table of its own.",
      ],
    },
    {
      title: "Memory with large bodies and long streams",
      columns: ["answer", "calls", "after 10 %, MB", "after half, MB", "after all, MB"],
      rows: memory,
      notes: ["Resident memory of the process that holds client and gateway, after a collection."],
    },
  ];
}

interface Running extends AsyncDisposable {
  readonly url: string;
}

function runGateway(upstream: UsageUpstream): Running {
  const config = readConfig({ WATCHLLM_UPSTREAM_OPENAI: upstream.url, OPENAI_API_KEY: "sk" });
  if (!config.ok) throw new Error(config.detail);
  const gateway = createGateway({
    config: config.config,
    keys: {
      verify: (presented) =>
        presented === key ? { project: "p", keyId: "k", environment: "live" } : null,
    },
    log: {
      pending: { events: 0, bytes: 0 },
      append: ({ id }) =>
        Promise.resolve({ id, position: { partition: 0, versionstamp: "0", index: 0 } }),
      close: () => Promise.resolve(),
    },
    warn: (message, details) => {
      throw new Error(`${message}: ${JSON.stringify(details)}`);
    },
  });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => gateway.handle(request),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await gateway.close();
    },
  };
}

/** Median microseconds of a call that passes, and of one that is read. */
async function alternate(
  running: Running,
  sample: SampleAnswer,
  rounds: number,
  calls: number,
): Promise<[number, number]> {
  const passed: number[] = [];
  const counted: number[] = [];
  await round(running, sample, "raw", Math.ceil(calls / 4));
  await round(running, sample, "read", Math.ceil(calls / 4));
  for (let i = 0; i < rounds; i++) {
    passed.push(await round(running, sample, "raw", calls));
    counted.push(await round(running, sample, "read", calls));
  }
  return [median(passed), median(counted)];
}

async function round(
  { url }: Running,
  { path, name, bytes }: SampleAnswer,
  way: "raw" | "read",
  calls: number,
): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < calls; i++) {
    const answer = await fetch(url + path, {
      method: "POST",
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        "x-answer": `${way} ${name}`,
      },
      body: '{"model":"gpt-4o"}',
    });
    let got = 0;
    for await (const chunk of answer.body ?? []) got += chunk.length;
    if (answer.status !== 200 || got !== bytes.length) {
      throw new Error(`${name}: ${answer.status}, ${got} bytes`);
    }
  }
  return (performance.now() - started) * 1_000 / calls;
}

async function memoryRow(
  running: Running,
  sample: SampleAnswer,
  calls: number,
): Promise<string[]> {
  const readings: string[] = [];
  let made = 0;
  for (const share of [0.1, 0.5, 1]) {
    const wanted = Math.max(1, Math.ceil(calls * share) - made);
    await round(running, sample, "read", wanted);
    made += wanted;
    await new Promise((resolve) => setTimeout(resolve, 200));
    readings.push((Deno.memoryUsage().rss / 2 ** 20).toFixed(0));
  }
  return [sample.name, String(made), ...readings];
}

function read({ format, bytes, contentType }: SampleAnswer) {
  return readAnswer(formats[format], { bytes, contentType, status: 200 }, { text: false });
}

const facts = new WeakMap<SampleAnswer, ReturnType<typeof read>>();

function price(sample: SampleAnswer) {
  let known = facts.get(sample);
  if (!known) facts.set(sample, known = read(sample));
  const { usage, responseModel } = known;
  if (usage.source !== "provider") throw new Error(`${sample.name} tells no usage`);
  const query = { provider: "openai", model: "gpt-4o", responseModel, at: new Date(), tier: null };
  return callCost("chat", usage, query, noProjectPrices);
}

/** Of one run, after some to warm up; the median of several spans. */
function microseconds(run: () => unknown, { bytes }: SampleAnswer): number {
  const times = Math.max(3, Math.min(2_000, Math.round(20_000_000 / bytes.length / 10)));
  const spans: number[] = [];
  for (let span = 0; span < 7; span++) {
    const started = performance.now();
    for (let i = 0; i < times; i++) run();
    spans.push((performance.now() - started) * 1_000 / times);
  }
  return median(spans.slice(1));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const help = `What reading usage and pricing cost for each call.

Usage: deno run -A bench/usage.ts [options]

  --rounds <n>   alternating rounds (7)
  --calls <n>    calls of a round (300)
  --json         print the tables as JSON
  --help         this text
`;

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "7" },
      calls: { type: "string", default: "300" },
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
  const tables = await benchUsage({
    rounds: Number(values.rounds),
    calls: Number(values.calls),
    // deno-lint-ignore no-console -- progress goes to standard error
    log: (line) => console.error(line),
  });
  print(values.json ? JSON.stringify(tables, null, 2) : tables.map(toMarkdown).join("\n"));
}
