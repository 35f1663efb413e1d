/**
 * What every process knows of a project's run that prices calls again: one entry of the store for each
 * project, written by whoever runs it and read by all.
 *
 * Guarantees: of two processes that claim at once one has the run; a process that died leaves a run that
 * is over after `aliveMs`; a process that was taken for dead writes nothing over its successor's run.
 *
 * @module
 */
import { z } from "zod";
import type { KvPort } from "../log/kv.ts";
import { type RepriceRun, repriceRunSchema } from "./reprice_types.ts";

/** Whoever runs it writes more often than this. */
export const aliveMs = 30_000;
/** A run that is over is told of for so long. */
const keptMs = 90 * 24 * 3_600_000;

const entrySchema = z.object({
  run: repriceRunSchema,
  /** Of the run. */
  id: z.string(),
  /** Milliseconds since 1970 at which it was written. */
  at: z.number(),
  /** Somebody wants it to end. */
  stop: z.boolean(),
});
type Entry = z.infer<typeof entrySchema>;

const key = (project: string) => ["reprice", project];

export interface RepriceBoard {
  /** Null when there was none for a long time. */
  read(project: string): Promise<RepriceRun | null>;
  /** Takes the project's place; false when a run of somebody else goes on there. */
  claim(project: string, id: string, run: RepriceRun): Promise<boolean>;
  /** Writes how far the run is. False: it has to end, because somebody wants so or took its place. */
  tell(project: string, id: string, run: RepriceRun): Promise<boolean>;
  /** Asks whoever runs it to end. */
  askToStop(project: string): Promise<void>;
}

export function createRepriceBoard(
  { kv, now }: { readonly kv: KvPort; readonly now: () => number },
): RepriceBoard {
  async function stored(project: string) {
    const { value, versionstamp } = await kv.get(key(project));
    const read = entrySchema.safeParse(value);
    return { entry: read.success ? read.data : null, versionstamp };
  }

  /** False when somebody else has written since. */
  async function put(project: string, entry: Entry, versionstamp: string | null): Promise<boolean> {
    const { ok } = await kv.atomic()
      .check({ key: key(project), versionstamp })
      .set(key(project), entry, { expireIn: keptMs })
      .commit();
    return ok;
  }

  const isOver = ({ run, at }: Entry) => run.phase !== "running" || now() - at > aliveMs;

  return {
    async read(project) {
      const { entry } = await stored(project);
      if (!entry) return null;
      if (entry.run.phase !== "running" || !isOver(entry)) return entry.run;
      return { ...entry.run, phase: "failed", ended_at: new Date(entry.at).toISOString() };
    },
    async claim(project, id, run) {
      for (;;) {
        const { entry, versionstamp } = await stored(project);
        if (entry && !isOver(entry)) return entry.id === id;
        if (await put(project, { run, id, at: now(), stop: false }, versionstamp)) return true;
      }
    },
    async tell(project, id, run) {
      for (;;) {
        const { entry, versionstamp } = await stored(project);
        if (entry?.id !== id) return false;
        if (await put(project, { ...entry, run, at: now() }, versionstamp)) return !entry.stop;
      }
    },
    async askToStop(project) {
      for (;;) {
        const { entry, versionstamp } = await stored(project);
        if (!entry || isOver(entry)) return;
        if (await put(project, { ...entry, stop: true }, versionstamp)) return;
      }
    },
  };
}
