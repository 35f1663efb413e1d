/**
 * `deno task rebuild`: the analytics made anew from the event log, while traffic goes on.
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import type { Comparison } from "@/consumers/clickhouse/compare.ts";
import { rebuildClickHouse } from "@/consumers/clickhouse/rebuild.ts";
import { systemClock } from "@/consumers/clock.ts";
import type { KvPort } from "@/core/log/kv.ts";
import type { CountingLogReader } from "@/core/log/reader.ts";
import { ProgressBar, type Screen } from "./demo/progress.ts";

export const rebuildHelp =
  `Projects the whole event log anew into fresh ClickHouse tables and swaps them in.

Usage: deno task rebuild [options]

Traffic and dashboard go on meanwhile. Before readers change over, both generations are compared: count,
sums and a hash for every project and day. A rebuild that was cut off is taken up where it stopped.

  --accept-differences  change over although they differ, as after a change of the projection
  --back                go back to the generation that the last rebuild replaced
  --help                this text

The replaced tables stay until the next rebuild.
`;

export interface RebuildCommandDeps {
  readonly kv: KvPort;
  readonly reader: CountingLogReader;
  readonly store: ClickHouseStore;
  readonly say: (line: string) => void;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

export interface RebuildOrder {
  readonly acceptDifferences: boolean;
  readonly back: boolean;
}

/** Reads the arguments, before anything is opened. */
export function readRebuildOrder(args: readonly string[]): RebuildOrder {
  const { values } = parseArgs({
    args: [...args],
    options: {
      "accept-differences": { type: "boolean", default: false },
      back: { type: "boolean", default: false },
    },
  });
  return { acceptDifferences: values["accept-differences"], back: values.back };
}

/** Runs the command; resolves to its exit code. */
export async function rebuild(deps: RebuildCommandDeps, order: RebuildOrder): Promise<number> {
  const { kv, reader, store, say, screen, signal } = deps;
  let shown = 0;
  const rebuilt = await rebuildClickHouse({
    kv,
    reader,
    store,
    clock: systemClock,
    report: ({ level, message }) => {
      if (level !== "info") say(`${level}: ${message}`);
    },
    onProgress: (done, total) => {
      // The total grows with the traffic, so the bar is drawn for what it is now.
      new ProgressBar(screen, "Rebuilding", total).show(done, `${done} of ${total} events`);
      shown = total;
    },
  }, { ...order, signal });
  if (shown > 0) new ProgressBar(screen, "Rebuilding", shown).done(`${shown} events`);

  if (rebuilt.ok) {
    const { equal, differences } = rebuilt.comparison;
    say(`Generation ${rebuilt.generation} is active. ${equal} project-days agree.`);
    if (differences.length > 0) say(differencesText(rebuilt.comparison));
    return 0;
  }
  switch (rebuilt.reason) {
    case "differs":
      say(differencesText(rebuilt.comparison));
      say("Nothing was changed for readers. If this is what you want: --accept-differences.");
      break;
    case "not_migrated":
      say("ClickHouse has no tables yet: run `deno task migrate` first.");
      break;
    case "nothing_to_go_back_to":
      say("No earlier generation is kept.");
      break;
    case "aborted":
      say("Stopped. Run it again to go on from here.");
      break;
  }
  return 1;
}

const mostShown = 10;

function differencesText({ differences }: Comparison): string {
  const lines = differences.slice(0, mostShown).map(({ project, day, events: [before, after] }) =>
    `  ${day} ${project}: ${before} events before, ${after} after` +
    (before === after ? ", with other figures" : "")
  );
  const more = differences.length > mostShown
    ? [`  and ${differences.length - mostShown} more`]
    : [];
  return [`${differences.length} project-days differ:`, ...lines, ...more].join("\n");
}
