/**
 * `deno task rotate-master-key`: another master key for an installation. Provider keys and project keys
 * stay valid; nothing is encrypted anew.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Config } from "@/core/config.ts";
import { loadMasterKey, type MasterKey } from "@/core/identity/master_key.ts";
import { masterKeyFile } from "@/core/identity/master_key_file.ts";
import { rotate, type Rotation } from "@/core/vault/rotate_master_key.ts";
import { claimDataDirectory } from "./data_directory.ts";
import { openKv } from "./stores.ts";

const help = `Gives the installation another master key.

Usage: deno task rotate-master-key [options]

Stop WatchLLM first. Provider keys are wrapped anew, project keys stay valid, people stay signed in.
Without WATCHLLM_MASTER_KEY a new key is made and takes the old one's place in the data directory.
With it, the new key is read from a file: set the variable to it afterwards.

  --new-key-file <path>  32 bytes in base64 (make them with: openssl rand -base64 32)
  --lose-unreadable      go on although some provider keys cannot be read with the old master key
  --help                 this text

A rotation that was cut off is finished by running it again.
`;

export interface RotateMasterKeyDeps {
  readonly config: Config;
  readonly say: (line: string) => void;
}

const madeName = "master.key.next";
const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

/** Resolves to the exit code. */
export async function rotateMasterKey(
  args: readonly string[],
  { config, say }: RotateMasterKeyDeps,
): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      "new-key-file": { type: "string" },
      "lose-unreadable": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    say(help);
    return 0;
  }
  const dataDir = resolve(config.WATCHLLM_DATA_DIR);
  const claim = await claimDataDirectory(dataDir);
  if (!claim.ok) return refuse(claim.message);
  try {
    const from = await oldKey(config, dataDir);
    if (typeof from === "string") return refuse(from);
    const to = await newKey(config, dataDir, values["new-key-file"]);
    if (typeof to === "string") return refuse(to);
    if (to.fingerprint === from.fingerprint) {
      return refuse("The new master key is the one in use: make another.");
    }
    using kv = await openKv(config);
    const loseUnreadable = values["lose-unreadable"];
    const rotation = await rotate(kv.write, { from, to, random, loseUnreadable });
    if (!rotation.ok) return refuse(refusal(rotation));
    if (!config.WATCHLLM_MASTER_KEY) await install(dataDir, values["new-key-file"]);
    say(done(rotation, config.WATCHLLM_MASTER_KEY !== undefined));
    return 0;
  } finally {
    claim.release();
  }

  function refuse(detail: string): number {
    say(detail);
    return 2;
  }
}

/** The master key in use, or why there is none. */
async function oldKey(config: Config, dataDir: string): Promise<MasterKey | string> {
  const file = masterKeyFile(dataDir);
  if (!config.WATCHLLM_MASTER_KEY && await file.read() === null) {
    return `There is no master key in ${dataDir}: set WATCHLLM_DATA_DIR or WATCHLLM_MASTER_KEY.`;
  }
  const loaded = await loadMasterKey(config.WATCHLLM_MASTER_KEY, file, random);
  return loaded.ok ? loaded.key : loaded.detail;
}

/** The key that follows, or why there is none. */
async function newKey(
  config: Config,
  dataDir: string,
  path: string | undefined,
): Promise<MasterKey | string> {
  if (path === undefined && config.WATCHLLM_MASTER_KEY) {
    return "The master key comes from WATCHLLM_MASTER_KEY: give the new one with --new-key-file.";
  }
  const text = path === undefined ? undefined : await readText(path);
  if (text === null || text === "") return `${path} cannot be read, or is empty.`;
  // Without a file: made now, or left by a rotation that was cut off.
  const loaded = await loadMasterKey(text, masterKeyFile(dataDir, madeName), random);
  if (loaded.ok) return loaded.key;
  return path === undefined ? loaded.detail : `${path} must hold 32 bytes in base64.`;
}

async function readText(path: string): Promise<string | null> {
  try {
    return (await Deno.readTextFile(path)).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Puts the new key in the old one's place. */
async function install(dataDir: string, given: string | undefined): Promise<void> {
  const next = join(dataDir, madeName);
  if (given !== undefined) {
    await Deno.writeTextFile(next, await Deno.readTextFile(given), { mode: 0o600 });
  }
  await Deno.rename(next, join(dataDir, "master.key"));
}

function refusal(rotation: Exclude<Rotation, { ok: true }>): string {
  if (rotation.reason === "other_master_key") {
    return "The data directory was made with another master key: nothing was changed.";
  }
  return `These provider keys cannot be read with the old master key: ${
    rotation.keys.join(", ")
  }.\nRemove them in Settings, Providers, or run this again with --lose-unreadable.`;
}

function done({ keys }: Extract<Rotation, { ok: true }>, configured: boolean): string {
  const count = keys.rewrapped + keys.done;
  const lines = [`Rotated: ${count} provider ${count === 1 ? "key is" : "keys are"} wrapped anew.`];
  if (configured) lines.push("Set WATCHLLM_MASTER_KEY to the new key before the next start.");
  else lines.push("The new key is in the data directory: keep a copy of it apart from the data.");
  return lines.join("\n");
}
