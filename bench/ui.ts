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
import { benchAnalytics } from "./analytics.ts";
import { benchPages } from "./pages.ts";
import { machine } from "./results.ts";
import { rollUp, seedCalls } from "./seed.ts";
import { type BenchTable, toMarkdown } from "./table.ts";

const help = `Measures the dashboard's questions and pages and writes bench/RESULTS_UI.md.

Usage: deno task bench:ui [options]

  --rows <n>   calls (1000000); from 2000000 on the first million is copied with other ids
  --both       1,000,000 and then 10,000,000
  --quick      20,000 calls and a few rounds, to see that all of it works; writes no results
  --no-pages   without Chromium
  --help       this text

Everything stays on 127.0.0.1 and in a temporary directory, which is removed: about 0.5 GB for each
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
  const sizes = values.both ? [million, 10 * million] : [rows];
  const rounds = values.quick ? 3 : 20;
  const dataDir = await Deno.makeTempDir({ prefix: "watchllm-bench-ui-" });
  try {
    const now = Date.now();
    const tables = await measureAnalytics(dataDir, { sizes, rounds, now });
    if (!values["no-pages"]) {
      const pages = await measurePages(dataDir, values.quick ? 1 : 7);
      if (pages) tables.push(pages);
      else log("There is no Chromium: pages were not looked at");
    }
    const about = await machine();
    const text = [
      "# The dashboard's figures",
      `Measured on ${about.date} on ${about.cores} cores (${about.processor}), ${about.memoryGb} GB, ` +
      `${about.system}.\nWatchLLM ${about.versions["WatchLLM"]}, Deno ${about.versions["Deno"]}.`,
      ...tables.map(toMarkdown),
      `\`\`\`\n${["deno task bench:ui", ...args].join(" ")}\n\`\`\``,
    ].join("\n\n") + "\n";
    print(text);
    const complete = !values.quick && !values["no-pages"] && rows >= million;
    if (complete) await Deno.writeTextFile(new URL("./RESULTS_UI.md", import.meta.url), text);
    return 0;
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

interface Measurement {
  readonly sizes: readonly number[];
  readonly rounds: number;
  readonly now: number;
}

async function measureAnalytics(
  dataDir: string,
  { sizes, rounds, now }: Measurement,
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
    let stored = 0;
    for (const rows of sizes) {
      const fresh = Math.min(rows, million) - Math.min(stored, million);
      if (fresh > 0) filling.push(await fill(store, project, fresh, now));
      stored = Math.max(stored, Math.min(rows, million));
      for (let copy = 1; stored < rows; copy++) {
        log(`copying: ${stored} of ${rows}`);
        await copyCalls(store, copy);
        stored += million;
      }
      const begun = performance.now();
      const done = await rollUp(store, now);
      const seconds = (performance.now() - begun) / 1_000;
      filling.push([`sums of ${stored} calls${done ? "" : " (not all)"}`, seconds.toFixed(1), ""]);
      tables.push(await benchAnalytics({ store, project, rows: stored, rounds, now, log }));
    }
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

/** The first million again, with other ids and a little later, inside ClickHouse. */
async function copyCalls(store: ClickHouseStore, copy: number): Promise<void> {
  for (const table of ["events", "events_list", "event_bodies"]) {
    await store.command(
      `INSERT INTO ${table}_g1 SELECT * REPLACE (
        concat(event_id, '-', {copy:String}) AS event_id,
        timestamp - toIntervalMillisecond({copy:UInt32} * 37) AS timestamp
      ) FROM ${table} WHERE match(event_id, '^seed-[0-9a-z]{8}$')`,
      { copy: String(copy) },
      { timeout: 3_600_000 },
    );
  }
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

if (import.meta.main) Deno.exit(await main(Deno.args));
