/**
 * How a command finds the installation that runs on its data directory: the supervisor leaves a note
 * there, for its owner's eyes alone, and takes it away when it stops.
 *
 * @module
 */
import { join } from "node:path";
import { z } from "zod";

const noteSchema = z.object({
  /** Of gateway and dashboard. */
  url: z.string(),
  clickhouse: z.object({
    url: z.string(),
    user: z.string(),
    password: z.string(),
    database: z.string(),
  }),
});
export type Running = z.infer<typeof noteSchema>;
export type ClickHouseAddress = Running["clickhouse"];

const notePath = (dataDir: string) => join(dataDir, "running.json");

/** Leaves the note; the result takes it away. */
export async function noteRunning(dataDir: string, running: Running): Promise<() => Promise<void>> {
  const path = notePath(dataDir);
  await remove(path);
  await Deno.writeTextFile(path, JSON.stringify(running), { createNew: true, mode: 0o600 });
  return () => remove(path);
}

/** The note that is there; after a crash it may speak of an installation that is gone. */
export async function readRunning(dataDir: string): Promise<Running | null> {
  try {
    return noteSchema.parse(JSON.parse(await Deno.readTextFile(notePath(dataDir))));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
