/**
 * Folders for what a test writes. They lie inside the project, because that is where the modules in
 * them find the import map, and in its ignored part, because a killed test leaves them behind.
 */
import { fileURLToPath } from "node:url";

const SCRATCH = fileURLToPath(new URL("../../../.artifacts/fresh", import.meta.url));

/** A new, empty folder. */
export async function scratchDir(): Promise<string> {
  await Deno.mkdir(SCRATCH, { recursive: true });
  return await Deno.makeTempDir({ dir: SCRATCH });
}
