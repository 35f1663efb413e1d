/**
 * `deno task bench:ui`: fills an installation of its own with calls, asks what the dashboard asks, looks
 * at the pages, and writes `bench/RESULTS_UI.md`.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type ClickHouseStore, createStore } from "@/clickhouse/client.ts";
import { startEmbedded } from "@/clickhouse/embedded/engine.ts";
import { migrate } from "@/clickhouse/migrate.ts";
import { firstProjectId } from "@/core/identity/projects.ts";
import { startProduct } from "@/tests/fixtures/product.ts";
import { exitCode } from "@/tools/refusal.ts";
import { benchAnalytics } from "./analytics.ts";
import { benchPages } from "./pages.ts";
import { machine } from "./results.ts";
import { callTables, copyCalls, rollUp, seedCalls } from "./seed.ts";
import { seedTrace } from "./seed_trace.ts";
import { type BenchTable, toMarkdown } from "./table.ts";

const help = `Measures the dashboard's questions and pages and writes bench/RESULTS_UI.md.

Usage: deno task bench:ui [options]

  --rows <n>     calls (1000000); from 2000000 on the first million is copied with other ids
  --both         1,000,000, with the pages, and then 10,000,000
  --rounds <n>   how often each question is asked (20)
  --data <dir>   keeps the calls there, and uses those that an earlier run has left
  --note <text>  a sentence for the results, e.g. about what else the machine did
  --quick        20,000 calls and a few rounds, to see that all of it works; writes no results
  --no-pages     without Chromium
  --help         this text

Everything stays on 127.0.0.1 and in a directory, as a rule a temporary one: about 0.5 GB for each
million. Close what else uses the machine.
`;

// deno-lint-ignore no-console -- a command line tool prints its result
const print = console.log;
// deno-lint-ignore no-console -- progress goes to standard error
const log = (line: string) => console.error(line);

const million = 1_000_000;

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: "string", default: String(million) },
      both: { type: "boolean", default: false },
      rounds: { type: "string", default: "20" },
      data: { type: "string" },
      note: { type: "string", default: "" },
      quick: { type: "boolean", default: false },
      "no-pages": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    print(help);
    return 0;
  }
  const rows = values.quick ? 20_000 : Number(values.rows);
  if (!Number.isInteger(rows) || rows < 1_000) {
    log("--rows must be a whole number from 1000");
    return 2;
  }
  const rounds = values.quick ? 3 : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    log("--rounds must be a whole number from 1");
    return 2;
  }
  const dataDir = values.data ?? await Deno.makeTempDir({ prefix: "watchllm-bench-ui-" });
  try {
    const first = values.both ? million : rows;
    const tables = await measureAnalytics(dataDir, { rows: first, rounds });
    if (!values["no-pages"]) {
      const pages = await measurePages(dataDir, values.quick ? 1 : 7);
      if (pages) tables.push(pages);
      else log("There is no Chromium: pages were not looked at");
    }
    if (values.both) {
      tables.push(...await measureAnalytics(dataDir, { rows: 10 * million, rounds }));
    }
    const about = await machine();
    const text = [
      "# The dashboard's figures",
      `Measured on ${about.date} on ${about.cores} cores (${about.processor}), ${about.memoryGb} GB, ` +
      `${about.system}.\nWatchLLM ${about.versions["WatchLLM"]}, Deno ${about.versions["Deno"]}.`,
      ...(values.note === "" ? [] : [values.note]),
      ...tables.map(toMarkdown),
      `\`\`\`\ndeno task bench:ui${values.both ? " --both" : ""}\n\`\`\``,
    ].join("\n\n") + "\n";
    print(text);
    const complete = !values.quick && !values["no-pages"] && rows >= million;
    if (complete) await Deno.writeTextFile(new URL("./RESULTS_UI.md", import.meta.url), text);
    return 0;
  } finally {
    if (values.data === undefined) await Deno.remove(dataDir, { recursive: true });
  }
}

interface Measurement {
  readonly rows: number;
  readonly rounds: number;
}

async function measureAnalytics(
  dataDir: string,
  { rows, rounds }: Measurement,
): Promise<BenchTable[]> {
  const engine = await startEmbedded({ dataDir: join(dataDir, "clickhouse"), log });
  const options = {
    url: engine.url,
    user: engine.user,
    password: engine.password,
    database: "watchllm",
  };
  await migrate({ ...options, log: () => {} });
  const store = createStore(options);
  const project = firstProjectId;
  const tables: BenchTable[] = [];
  const filling: string[][] = [];
  try {
    const found = await storedCalls(store, project);
    const { now } = found;
    let { stored } = found;
    if (stored === 0) {
      stored = Math.min(rows, million);
      filling.push(await fill(store, project, stored, now));
    }
    // A second time it is the same batch, and changes nothing.
    await seedTrace(store, { project, spans: 5_000, now });
    for (let copy = stored / million; stored < rows; copy++) {
      log(`copying: ${stored} of ${rows}`);
      await copyCalls(store, copy, callTables);
      stored += million;
    }
    const begun = performance.now();
    const done = await rollUp(store, now);
    const seconds = (performance.now() - begun) / 1_000;
    filling.push([`sums of ${stored} calls${done ? "" : " (not all)"}`, seconds.toFixed(1), ""]);
    const cpuMs = () => processCpuMs(engine.pid());
    tables.push(await benchAnalytics({ store, project, rows: stored, rounds, now, cpuMs, log }));
  } finally {
    await store.close();
    await engine.stop();
  }
  return [{
    title: "Filling",
    columns: ["what", "seconds", "calls in a second"],
    rows: filling,
    notes: ["Stored by the projection's own inserts into every table, with all indexes."],
  }, ...tables];
}

async function fill(
  store: ClickHouseStore,
  project: string,
  count: number,
  now: number,
): Promise<string[]> {
  const { totalMs } = await seedCalls({
    store,
    project,
    count,
    now,
    onProgress: (done, total) => {
      if (done % 100_000 === 0) log(`storing: ${done} of ${total}`);
    },
  });
  const rate = Math.round(count / totalMs * 1_000).toLocaleString("en");
  return [`${count} calls`, (totalMs / 1_000).toFixed(1), rate];
}

/** Calls that are there already, and the end of their time, or now. */
async function storedCalls(
  store: ClickHouseStore,
  project: string,
): Promise<{ stored: number; now: number }> {
  const [found] = await store.query<{ calls: string; last: string }>(
    `SELECT count() AS calls, toUnixTimestamp64Milli(max(timestamp)) AS last FROM events
    WHERE project_id = {project:String}`,
    { project },
  );
  const stored = Number(found?.calls ?? 0);
  return { stored, now: stored === 0 ? Date.now() : Number(found?.last) + 1 };
}

/** User and system time; 0 where nobody tells it. */
async function processCpuMs(pid: number | undefined): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10;
}

async function measurePages(dataDir: string, rounds: number): Promise<BenchTable | null> {
  log("starting the product");
  const product = await startProduct({ dataDir });
  try {
    return await benchPages({ url: product.url, password: product.password, rounds, log });
  } finally {
    await product.stop({ keepData: true });
  }
}

if (import.meta.main) {
  Deno.exit(await exitCode(() => main(Deno.args), "deno task bench:ui --help", log));
}
