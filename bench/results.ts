/**
 * The page of results: what was measured on which machine, and how to do it again.
 *
 * @module
 */
import { cpus, totalmem } from "node:os";
import manifest from "../deno.json" with { type: "json" };
import { portkeyVersion } from "./gateway/portkey.ts";
import { type BenchTable, toMarkdown } from "./table.ts";

export interface Machine {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly versions: Readonly<Record<string, string>>;
}

export async function machine(): Promise<Machine> {
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${Deno.build.os} ${Deno.osRelease()}`,
    versions: {
      WatchLLM: manifest.version,
      Deno: Deno.version.deno,
      Node: await versionOf("node"),
      nginx: await versionOf("nginx"),
      Portkey: portkeyVersion,
    },
  };
}

/** What a program says of its version, or `not installed`. */
async function versionOf(program: string): Promise<string> {
  try {
    const { stdout, stderr } = await new Deno.Command(program, {
      args: [program === "nginx" ? "-v" : "--version"],
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    return /\d+(?:\.\d+)+/.exec(said)?.[0] ?? "unknown";
  } catch {
    return "not installed";
  }
}

export function resultsPage(
  about: Machine,
  tables: readonly BenchTable[],
  args: readonly string[],
): string {
  const versions = Object.entries(about.versions).map(([name, version]) => `${name} ${version}`);
  return [
    "# Benchmark results",
    [
      `Measured on ${about.date} on ${about.cores} cores (${about.processor}), ${about.memoryGb} GB, ${about.system}.`,
      `${versions.join(" · ")}.`,
    ].join("\n"),
    "Absolute figures move by 30 percent from run to run on a shared machine; the ratios inside one round are what\ncounts. [How it is measured](../docs/benchmarks.md). To repeat it:",
    `\`\`\`\n${["deno task bench", ...args].join(" ")}\n\`\`\``,
    ...tables.map((table) => toMarkdown(table).trimEnd()),
  ].join("\n\n") + "\n";
}
