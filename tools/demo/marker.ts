/**
 * Remembers that a project holds demo history, so that a second demo does not double it.
 *
 * @module
 */
import type { KvPort } from "@/core/log/kv.ts";
import { z } from "zod";

const schema = z.object({ at: z.string(), events: z.number().int().nonnegative() });
export type DemoMarker = z.infer<typeof schema>;

const key = (project: string) => ["demo", project];

/** Null when the project holds no demo history. */
export async function readMarker(kv: KvPort, project: string): Promise<DemoMarker | null> {
  const parsed = schema.safeParse((await kv.get(key(project))).value);
  return parsed.success ? parsed.data : null;
}

export async function writeMarker(
  kv: KvPort,
  project: string,
  marker: DemoMarker,
): Promise<void> {
  await kv.set(key(project), marker);
}

export async function deleteMarker(kv: KvPort, project: string): Promise<void> {
  await kv.delete(key(project));
}
