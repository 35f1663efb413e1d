/**
 * The engine's directory: private to its owner, and used by one engine at a time.
 *
 * Two locks are needed. Ours is held by the supervising process and refuses a second start before that
 * rewrites the first one's password; the engine's own (`store/status`) may outlive a killed supervisor
 * for the moments until the orphan notices.
 *
 * @module
 */

import { errorMessage } from "@/core/caught.ts";

export type ClaimedDirectory =
  | { ok: true; path: string; release(): void }
  | { ok: false; message: string };

/** How long an orphaned engine may take to end. */
const orphanEndsWithinMs = 5_000;

export async function claimDirectory(path: string): Promise<ClaimedDirectory> {
  await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  await Deno.chmod(path, 0o700);
  const directory = await Deno.realPath(path);
  const lock = await Deno.open(`${directory}/engine.lock`, {
    read: true,
    write: true,
    create: true,
    mode: 0o600,
  });
  if (!await lock.tryLock(true)) {
    lock.close();
    return { ok: false, message: inUse(directory) };
  }
  if (!await unlockedSoon(`${directory}/store/status`)) {
    lock.close();
    return { ok: false, message: inUse(directory) };
  }
  return { ok: true, path: directory, release: () => lock.close() };
}

/**
 * Why nothing can be written there, e.g. on a full disk, in the system's words; null when it can. The
 * engine itself ends without a word then.
 */
export async function whyNotWritable(directory: string): Promise<string | null> {
  const path = `${directory}/room.${crypto.randomUUID()}`;
  try {
    // More than what is left of the last block of a full disk.
    await Deno.writeFile(path, new Uint8Array(64 * 1024), { createNew: true, mode: 0o600 });
    return null;
  } catch (error) {
    return errorMessage(error).split(": ")[0] ?? "";
  } finally {
    // What could not be written may not be there.
    await Deno.remove(path).catch(() => {});
  }
}

async function unlockedSoon(path: string): Promise<boolean> {
  const deadline = performance.now() + orphanEndsWithinMs;
  while (!await isUnlocked(path)) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}

async function isUnlocked(path: string): Promise<boolean> {
  try {
    using file = await Deno.open(path, { read: true, write: true });
    return await file.tryLock(true);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}

function inUse(directory: string): string {
  return `Another process already runs ClickHouse in "${directory}". ` +
    `Stop that one, or set WATCHLLM_DATA_DIR to another directory.`;
}
