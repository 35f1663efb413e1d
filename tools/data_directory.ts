/**
 * The data directory belongs to one running installation at a time.
 *
 * @module
 */
import { join } from "node:path";

export type DataDirectoryClaim =
  | { readonly ok: true; readonly release: () => void }
  | {
    readonly ok: false;
    /** Whether an installation that runs has it, or nobody can. */
    readonly reason: "taken" | "unusable";
    readonly message: string;
  };

/** Makes the directory, readable by its owner alone, and locks it until `release()` or the process ends. */
export async function claimDataDirectory(path: string): Promise<DataDirectoryClaim> {
  const file = await openLock(path).catch((error: Error) => error);
  if (file instanceof Error) {
    return {
      ok: false,
      reason: "unusable",
      message:
        `The data directory ${path} cannot be used (${file.message}): set WATCHLLM_DATA_DIR ` +
        "to a directory that this user may write to.",
    };
  }
  if (!await file.tryLock(true)) {
    file.close();
    return {
      ok: false,
      reason: "taken",
      message: `Another WatchLLM runs on the data directory ${path}: stop it first, or set ` +
        "WATCHLLM_DATA_DIR to another directory.",
    };
  }
  return { ok: true, release: () => file.close() };
}

async function openLock(path: string): Promise<Deno.FsFile> {
  await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  return await Deno.open(join(path, "lock"), { create: true, write: true, mode: 0o600 });
}
