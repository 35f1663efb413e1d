/**
 * How fast events are acknowledged over HTTP: batches of 1, 100 and 1,000 events of 1 KB with ids of their
 * own, and spans over OTLP. The server is a process of its own and answers after the commit; the clients
 * are on the same machine and take their part of it.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { type BenchTable, toMarkdown } from "./table.ts";

export interface IngestBenchOptions {
  /** Length of a round. @default {5} */
  readonly seconds?: number;
  /** Rounds of each kind. @default {3} */
  readonly rounds?: number;
  /** Takes progress lines. */
  readonly log?: (line: string) => void;
}

interface Server {
  readonly pid: number;
  readonly url: string;
  readonly key: string;
}

interface Kind {
  readonly name: string;
  readonly path: string;
  /** Events of one request. */
  readonly events: number;
  readonly clients: number;
  /** Whether every client has a project of its own: their commits are then shared. @default {false} */
  readonly apart?: boolean;
  readonly body: () => string;
}

interface Round {
  readonly perSecond: number;
  /** The server's processor time for an event, in microseconds, all its threads together. */
  readonly cpuUs: number;
  /** The same of the clients. */
  readonly clientUs: number;
  readonly latencies: readonly number[];
}

export async function benchIngest(options: IngestBenchOptions = {}): Promise<BenchTable> {
  const { seconds = 5, rounds = 3, log = () => {} } = options;
  const kinds: Kind[] = [
    ...([[1, 64], [100, 8], [1_000, 4]] as const).map(([events, clients]) => ({
      name: `events, batches of ${events.toLocaleString("en")}`,
      path: "/v1/events/batch",
      events,
      clients,
      body: () => `{"events":[${Array.from({ length: events }, event).join(",")}]}`,
    })),
    {
      name: "events, batches of 100, a project for each client",
      path: "/v1/events/batch",
      events: 100,
      clients: 8,
      apart: true,
      body: () => `{"events":[${Array.from({ length: 100 }, event).join(",")}]}`,
    },
    {
      name: "OTLP spans, JSON, 100 a request",
      path: "/v1/traces",
      events: 100,
      clients: 8,
      body: spans,
    },
  ];
  const rows: string[][] = [];
  for (const kind of kinds) {
    log(`Sending ${kind.name}`);
    const found: Round[] = [];
    for (let round = 0; round < rounds; round++) {
      found.push(await withServer((server) => load(server, kind, seconds * 1_000)));
    }
    const rates = found.map(({ perSecond }) => perSecond).sort((a, b) => a - b);
    const latencies = found.flatMap((round) => round.latencies).sort((a, b) => a - b);
    rows.push([
      kind.name,
      `${kind.clients}`,
      Math.round(at(rates, 0.5)).toLocaleString("en"),
      `${Math.round(at(rates, 0)).toLocaleString("en")} - ${
        Math.round(at(rates, 1)).toLocaleString("en")
      }`,
      median(found.map(({ cpuUs }) => cpuUs)).toFixed(0),
      median(found.map(({ clientUs }) => clientUs)).toFixed(0),
      `${at(latencies, 0.5).toFixed(1)} / ${at(latencies, 0.99).toFixed(1)}`,
    ]);
  }
  return {
    title: "Ingest throughput",
    columns: [
      "what",
      "clients",
      "events/s acknowledged",
      "range",
      "server's CPU, µs/event",
      "clients' CPU, µs/event",
      "p50 / p99 ms of a request",
    ],
    rows,
    notes: [
      `Medians of ${rounds} rounds of ${seconds} s. Events of ${event().length} bytes, each with an id of its own that is checked against those of 24 hours; answered after fsync.`,
      "Server and clients share the machine's cores.",
    ],
  };
}

async function withServer<T>(use: (server: Server) => Promise<T>): Promise<T> {
  const directory = await Deno.makeTempDir({ prefix: "watchllm-ingest-" });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", new URL("./ingest_server.ts", import.meta.url).href, directory],
    cwd: new URL("../", import.meta.url),
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  try {
    let text = "";
    for await (const chunk of child.stdout) {
      text += new TextDecoder().decode(chunk);
      if (text.includes("\n")) break;
    }
    return await use({ ...JSON.parse(text), pid: child.pid });
  } finally {
    await child.stdin.close();
    await child.status;
    await Deno.remove(directory, { recursive: true });
  }
}

/** A closed loop: each client waits for its answer. */
async function load(server: Server, kind: Kind, ms: number): Promise<Round> {
  const send = async (client: number) => {
    const answer = await fetch(`${server.url}${kind.path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${server.key}${kind.apart ? client : 0}`,
        "content-type": "application/json",
      },
      body: kind.body(),
    });
    const text = await answer.text();
    if (answer.status >= 300) throw new Error(`${answer.status}: ${text.slice(0, 300)}`);
  };
  // The code is compiled before anything counts.
  for (let i = 0; i < warmUp; i += kind.events) await send(0);
  const latencies: number[] = [];
  const cpu = await cpuSeconds(server.pid);
  const own = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: kind.clients }, async (_, client) => {
    while (performance.now() - start < ms) {
      const before = performance.now();
      await send(client);
      latencies.push(performance.now() - before);
    }
  }));
  const elapsed = performance.now() - start;
  const sent = latencies.length * kind.events;
  const { user, system } = process.cpuUsage(own);
  return {
    perSecond: sent / elapsed * 1_000,
    cpuUs: (await cpuSeconds(server.pid) - cpu) / sent * 1e6,
    clientUs: (user + system) / sent,
    latencies,
  };
}

/** Processor time of a process so far; NaN where there is no /proc. */
async function cpuSeconds(pid: number): Promise<number> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // utime and stime, in hundredths of a second.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return NaN;
  }
}

/** Events before a round. */
const warmUp = 2_000;

let made = 0;
const run = crypto.randomUUID();
const question = "How many orders were late last week, and by how much? ".repeat(7);
const answer = "Twelve orders were late, by a day and a half in the mean. ".repeat(5);

function event(): string {
  return `{"type":"prompt_call","event_id":"${run}-${made++}","timestamp":"2026-11-23T09:00:00.000Z",` +
    `"provider":"openai","model":"gpt-4o","messages":[{"role":"user","content":"${question}"}],` +
    `"response":"${answer}","tokens_input":120,"tokens_output":60,"latency_ms":812.5,` +
    `"user_id":"user-1","session_id":"session-1"}`;
}

function spans(): string {
  const all = Array.from({ length: 100 }, () => {
    const id = (++made).toString(16).padStart(16, "0");
    return `{"traceId":"${
      run.replaceAll("-", "")
    }","spanId":"${id}","name":"chat gpt-4o","kind":3,` +
      `"startTimeUnixNano":"1772614800000000000","endTimeUnixNano":"1772614801000000000","attributes":[` +
      `{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},` +
      `{"key":"gen_ai.request.model","value":{"stringValue":"gpt-4o"}},` +
      `{"key":"gen_ai.usage.input_tokens","value":{"intValue":"120"}},` +
      `{"key":"gen_ai.usage.output_tokens","value":{"intValue":"60"}},` +
      `{"key":"gen_ai.prompt","value":{"stringValue":"${question}"}},` +
      `{"key":"gen_ai.completion","value":{"stringValue":"${answer}"}}]}`;
  });
  return `{"resourceSpans":[{"scopeSpans":[{"scope":{"name":"bench"},"spans":[${
    all.join(",")
  }]}]}]}`;
}

function median(values: readonly number[]): number {
  return at([...values].sort((a, b) => a - b), 0.5);
}

function at(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      seconds: { type: "string", default: "5" },
      rounds: { type: "string", default: "3" },
    },
  });
  const table = await benchIngest({
    seconds: Number(values.seconds),
    rounds: Number(values.rounds),
    // deno-lint-ignore no-console -- progress goes to standard error
    log: (line) => console.error(line),
  });
  // deno-lint-ignore no-console -- a command line tool prints its result
  console.log(toMarkdown(table));
}
