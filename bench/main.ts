/**
 * `deno task bench`: runs the benchmarks and writes `bench/RESULTS.md`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { exitCode } from "@/tools/refusal.ts";
import { benchAppend } from "./append.ts";
import { benchCache } from "./cache.ts";
import { benchDrain } from "./drain.ts";
import { benchGateway } from "./gateway.ts";
import { benchIngest } from "./ingest.ts";
import { machine, resultsPage } from "./results.ts";
import { benchSdk } from "./sdk.ts";
import type { BenchTable } from "./table.ts";
import { benchUsage } from "./usage.ts";

const help = `Measures WatchLLM on this machine and writes bench/RESULTS.md.

Usage: deno task bench [options]

  --only <names>     some of append,drain,gateway,ingest,usage,cache (all of them)
  --peer portkey     measure Portkey's gateway beside ours; npm fetches it for the run
  --quick            short rounds, to see that all of it works; writes no results
  --json             print the tables as JSON
  --help             this text

Everything stays on 127.0.0.1. Close what else uses the machine. A full run with the peer takes about a
quarter of an hour and some gigabytes in the temporary directory, which it removes.
`;

// deno-lint-ignore no-console -- a command line tool prints its result
const print = console.log;
// deno-lint-ignore no-console -- progress goes to standard error
const log = (line: string) => console.error(line);

const names = ["append", "drain", "gateway", "ingest", "usage", "cache"] as const;
type Name = typeof names[number];

interface BenchArgs {
  readonly only: readonly Name[];
  readonly quick: boolean;
  readonly portkey: boolean;
}

const benches: Readonly<Record<Name, (args: BenchArgs) => Promise<BenchTable[]>>> = {
  gateway: ({ quick, portkey }) =>
    benchGateway({
      portkey,
      log,
      ...(quick && { rounds: 1, seconds: 1, memoryCalls: 3_000 }),
    }),
  usage: ({ quick }) =>
    benchUsage({ log, ...(quick && { rounds: 1, calls: 20, memoryCalls: 20 }) }),
  cache: ({ quick }) => benchCache({ log, ...(quick && { rounds: 1, seconds: 1 }) }),
  ingest: async ({ quick }) => [
    await benchIngest({ log, ...(quick && { rounds: 1, seconds: 1 }) }),
    await benchSdk({ log, ...(quick && { rounds: 1, spans: 5_000 }) }),
  ],
  append: async ({ quick }) => [
    await benchAppend({ log, ...(quick ? { rounds: 1, seconds: 0.3 } : { rounds: 5 }) }),
  ],
  drain: async ({ quick }) => [
    await benchDrain({ log, ...(quick && { events: 5_000, singles: 5 }) }),
  ],
};

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", default: names.join(",") },
      peer: { type: "string" },
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    print(help);
    return 0;
  }
  const only = names.filter((name) => values.only.split(",").includes(name));
  const unknown = values.only.split(",").find((name) => !only.some((known) => known === name));
  if (unknown !== undefined || (values.peer ?? "portkey") !== "portkey") {
    log(
      unknown === undefined ? `Unknown peer: ${values.peer}` : `Unknown benchmark: "${unknown}"`,
    );
    return 2;
  }
  const about = await machine();
  const tables: BenchTable[] = [];
  for (const name of only) {
    tables.push(
      ...await benches[name]({ only, quick: values.quick, portkey: values.peer === "portkey" }),
    );
  }
  const page = resultsPage(about, tables, args);
  print(values.json ? JSON.stringify({ about, tables }, null, 2) : page);
  const complete = only.length === names.length && !values.quick;
  if (complete) await Deno.writeTextFile(new URL("./RESULTS.md", import.meta.url), page);
  return 0;
}

if (import.meta.main) {
  Deno.exit(await exitCode(() => main(Deno.args), "deno task bench --help", log));
}
