/**
 * The master key's file in the data directory: readable by its owner alone, written whole or not at all.
 *
 * @module
 */
import { join } from "node:path";
import type { MasterKeyFile } from "./master_key.ts";

/** `<dataDir>/master.key`; the directory is made when it is absent. */
export function masterKeyFile(dataDir: string, name = "master.key"): MasterKeyFile {
  const path = join(dataDir, name);
  return {
    async read() {
      try {
        return await Deno.readTextFile(path);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return null;
        throw error;
      }
    },
    async create(text) {
      await Deno.mkdir(dataDir, { recursive: true });
      const draft = `${path}.${crypto.randomUUID()}`;
      try {
        await writeDurably(draft, text);
        // A link appears with its whole content, and fails where a rename would overwrite.
        await Deno.link(draft, path);
        return true;
      } catch (error) {
        if (error instanceof Deno.errors.AlreadyExists) return false;
        throw error;
      } finally {
        await Deno.remove(draft).catch(() => {});
      }
    },
  };
}

/** On disk before it appears: what is sealed with a key that a power cut took is lost. */
async function writeDurably(path: string, text: string): Promise<void> {
  using file = await Deno.open(path, { createNew: true, write: true, mode: 0o600 });
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
  await file.sync();
}
