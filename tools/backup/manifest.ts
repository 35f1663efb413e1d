/**
 * What a backup says of itself: `backup.json`, written last, so that a folder without it is no backup.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

export const names = {
  manifest: "backup.json",
  log: "log.sqlite3",
  masterKey: "master.key",
} as const;

const manifestSchema = z.object({
  format: z.literal(1),
  /** Of the product that made it. */
  version: z.string(),
  made_at: z.iso.datetime({ precision: 3 }),
  log: z.object({
    /** See `LogIdentity`. */
    generation: z.number().int().positive(),
    bytes: z.number().int().positive(),
    sha256: z.string().length(64),
  }),
  /** False: the master key came from the environment or was left out, and must be kept elsewhere. */
  master_key: z.boolean(),
});
export type Manifest = z.infer<typeof manifestSchema>;

export type ReadManifest =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly detail: string };

export async function readManifest(folder: string): Promise<ReadManifest> {
  const path = join(folder, names.manifest);
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { ok: false, detail: `${folder} is no whole backup: it has no ${names.manifest}.` };
  }
  const read = manifestSchema.safeParse(parsed(text));
  if (read.success) return { ok: true, manifest: read.data };
  return { ok: false, detail: `${path} cannot be read:\n${z.prettifyError(read.error)}` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** SHA-256 of a file in hex, without holding it in memory. */
export async function fileHash(path: string, onBytes: (read: number) => void): Promise<string> {
  const hash = createHash("sha256");
  let read = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk);
    onBytes(read += chunk.length);
  }
  return hash.digest("hex");
}
