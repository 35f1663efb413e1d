/**
 * `deno task backup`: a copy of the event log, which is all that cannot be made anew, while the
 * installation goes on.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { errorMessage } from "@/core/caught.ts";
import type { Config } from "@/core/config.ts";
import { openLog } from "@/core/log/open.ts";
import { ProgressBar, type Screen } from "../demo/progress.ts";
import { requireLog } from "../stores.ts";
import type { CopyOrder, CopyOutcome } from "./copy_log.ts";
import { exists } from "./exists.ts";
import { fileHash, type Manifest, names } from "./manifest.ts";

const backupHelp = `Copies the event log into a folder, while the installation goes on.

Usage: deno task backup [options]

The log is all that cannot be made anew: projects, keys, settings and every event are in it. Analytics
are projected from it again after \`deno task restore\`.

  --to <folder>         where to; it must not exist (./backups/<time>)
  --without-master-key  leave the master key out: then keep it elsewhere, nothing opens without it
  --help                this text
`;

export interface BackupDeps {
  readonly config: Config;
  readonly version: string;
  readonly say: (line: string) => void;
  readonly screen: Screen;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Runs the command; resolves to its exit code. */
export async function backup(args: readonly string[], deps: BackupDeps): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      to: { type: "string" },
      "without-master-key": { type: "boolean", default: false },
      help: { type: "boolean" },
    },
  });
  const { config, say, now } = deps;
  if (values.help) {
    say(backupHelp);
    return 0;
  }
  const dataDir = resolve(config.WATCHLLM_DATA_DIR);
  const from = join(dataDir, names.log);
  await requireLog(config);
  const made_at = new Date(now()).toISOString();
  const to = resolve(values.to ?? join("backups", made_at.replaceAll(":", "-")));
  if (await exists(to)) {
    say(`${to} exists: name a folder that does not.`);
    return 1;
  }
  await Deno.mkdir(to, { recursive: true, mode: 0o700 });
  try {
    const manifest = await copyAll(from, to, { ...deps, made_at });
    const withKey = !values["without-master-key"] &&
      await copyKey(join(dataDir, names.masterKey), join(to, names.masterKey));
    await Deno.writeTextFile(
      join(to, names.manifest),
      JSON.stringify({ ...manifest, master_key: withKey } satisfies Manifest, null, 2) + "\n",
      { mode: 0o600 },
    );
    say(`${to} holds the log as of ${made_at}${withKey ? ", and the master key" : ""}.`);
    if (!withKey) say("The master key is not in it: the log's secrets need that same key.");
    return 0;
  } catch (error) {
    await Deno.remove(to, { recursive: true });
    say(`The log could not be copied: ${errorMessage(error)}`);
    return 1;
  }
}

async function copyAll(
  from: string,
  to: string,
  { screen, version, made_at }: BackupDeps & { readonly made_at: string },
): Promise<Manifest> {
  const log = join(to, names.log);
  const { size } = await Deno.stat(from);
  const bar = new ProgressBar(screen, "Copying", size);
  const watching = setInterval(() => {
    bar.show(Math.min(sizeOf(log), size), megabytes(sizeOf(log)));
  }, 200);
  try {
    await copyInThread({ from, to: log });
  } finally {
    clearInterval(watching);
  }
  bar.done(megabytes(sizeOf(log)));
  await Deno.chmod(log, 0o600);

  const { generation } = await identityOf(log);
  const bytes = sizeOf(log);
  const checking = new ProgressBar(screen, "Hashing", bytes);
  const sha256 = await fileHash(log, (read) => checking.show(read, megabytes(read)));
  checking.done(sha256.slice(0, 12));
  return { format: 1, version, made_at, log: { generation, bytes, sha256 }, master_key: false };
}

/** Reads the copy as the product would: what cannot be opened is no backup. */
async function identityOf(path: string) {
  const kv = await Deno.openKv(path);
  try {
    return await openLog({ write: kv, read: kv });
  } finally {
    kv.close();
    // Opening makes these; everything is in the file itself.
    for (const suffix of ["-wal", "-shm"]) await removeIfThere(path + suffix);
  }
}

async function copyInThread(order: CopyOrder): Promise<void> {
  const worker = new Worker(new URL("./copy_log.ts", import.meta.url), { type: "module" });
  try {
    const outcome = await new Promise<CopyOutcome>((settle, reject) => {
      worker.onmessage = ({ data }) => settle(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      worker.postMessage(order);
    });
    if (!outcome.ok) throw new Error(outcome.detail);
  } finally {
    worker.terminate();
  }
}

async function copyKey(from: string, to: string): Promise<boolean> {
  if (!await exists(from)) return false;
  await Deno.copyFile(from, to);
  await Deno.chmod(to, 0o600);
  return true;
}

async function removeIfThere(path: string): Promise<void> {
  if (await exists(path)) await Deno.remove(path);
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
