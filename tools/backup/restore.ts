/**
 * `deno task restore`: a data directory from a backup. Analytics are projected anew at the next start.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { forgetConsumer, listConsumers } from "@/consumers/registry.ts";
import type { Config } from "@/core/config.ts";
import { renewLog } from "@/core/log/renew.ts";
import { claimDataDirectory } from "../data_directory.ts";
import { ProgressBar, type Screen } from "../demo/progress.ts";
import { exists } from "./exists.ts";
import { fileHash, names, readManifest } from "./manifest.ts";

const restoreHelp = `Makes a data directory from a backup.

Usage: deno task restore --from <folder>

The data directory (WATCHLLM_DATA_DIR) must hold no log and no ClickHouse yet. Every event is projected
again at the next start. With a ClickHouse of your own, name an empty database in CLICKHOUSE_DATABASE.

  --from <folder>  what \`deno task backup\` has made
  --help           this text
`;

export interface RestoreDeps {
  readonly config: Config;
  readonly say: (line: string) => void;
  readonly screen: Screen;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Runs the command; resolves to its exit code. */
export async function restore(args: readonly string[], deps: RestoreDeps): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { from: { type: "string" }, help: { type: "boolean" } },
  });
  const { config, say } = deps;
  if (values.help || !values.from) {
    say(restoreHelp);
    return values.help ? 0 : 2;
  }
  const dataDir = resolve(config.WATCHLLM_DATA_DIR);
  const claim = await claimDataDirectory(dataDir);
  if (!claim.ok) {
    say(claim.message);
    return 1;
  }
  try {
    return await restoreInto(dataDir, resolve(values.from), deps);
  } finally {
    claim.release();
  }
}

async function restoreInto(dataDir: string, folder: string, deps: RestoreDeps): Promise<number> {
  const { config, say, screen, now } = deps;
  for (const name of [names.log, "clickhouse"]) {
    if (!await exists(join(dataDir, name))) continue;
    say(`${dataDir} holds ${name} already: move it away, or set WATCHLLM_DATA_DIR to another one.`);
    return 1;
  }
  const read = await readManifest(folder);
  if (!read.ok) {
    say(read.detail);
    return 1;
  }
  const { log: { bytes, sha256 }, made_at, master_key } = read.manifest;
  const source = join(folder, names.log);
  const bar = new ProgressBar(screen, "Checking", bytes);
  const found = await fileHash(source, (done) => bar.show(Math.min(done, bytes), ""));
  bar.done(found.slice(0, 12));
  if (found !== sha256) {
    say(`${source} is not what was backed up: its SHA-256 is ${found}, it was ${sha256}.`);
    return 1;
  }
  const key = join(dataDir, names.masterKey);
  if (master_key && !config.WATCHLLM_MASTER_KEY && !await exists(key)) {
    await Deno.copyFile(join(folder, names.masterKey), key);
    await Deno.chmod(key, 0o600);
  }
  await placeLog(source, join(dataDir, names.log), now());
  say(`${dataDir} holds the log as of ${made_at}. Start it: analytics are made anew.`);
  return 0;
}

/** Under another name until it is ready, so that a restore that was cut off has restored nothing. */
async function placeLog(source: string, target: string, now: number): Promise<void> {
  const draft = `${target}.restoring`;
  await Deno.copyFile(source, draft);
  await Deno.chmod(draft, 0o600);
  const kv = await Deno.openKv(draft);
  try {
    await renewLog(kv, now);
    // What consumers had reached is in a ClickHouse that is not there: they begin at the beginning.
    for (const { id } of await listConsumers(kv)) await forgetConsumer(kv, id);
  } finally {
    kv.close();
  }
  for (const suffix of ["", "-wal", "-shm"]) {
    if (await exists(draft + suffix)) await Deno.rename(draft + suffix, target + suffix);
  }
}
