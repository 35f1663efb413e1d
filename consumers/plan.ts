/**
 * How the rows of one batch are cut for delivery. A plan is a value: it is stored with the batch's
 * intent, so that a crash, a takeover or a new release resumes with the same cuts and therefore the
 * same deduplication tokens.
 *
 * @module
 */
import { z } from "zod";
import type { LogEntry } from "@/core/log/contract.ts";
import type { Projection } from "./projection.ts";

const offset = z.number().int().nonnegative();

const taskSchema = z.object({
  /** First entry of the batch, counted from 0. */
  from: offset,
  /** One past the last. */
  to: offset,
  stage: offset,
  /** Where it came from, e.g. `0/1`: second half of the first piece. Part of the token. */
  path: z.string(),
});
export type Task = z.infer<typeof taskSchema>;

/** An entry that is to become a dead letter. */
export interface Dead {
  /** The entry's offset in the batch. */
  readonly at: number;
  /** The stage that refused it; 0 when the projection did. */
  readonly stage: number;
  readonly code: string;
  readonly detail: string;
}

export const planSchema = z.object({
  /** What is left to do, in order. */
  tasks: z.array(taskSchema),
  /** Entries of finished tasks that gave no row. */
  skipped: z.number().int().nonnegative(),
  /** Rows of finished tasks that a later event may take away again. */
  removable: z.number().int().nonnegative(),
  /** Dead letters of finished tasks; they are stored together with the plan that counts them. */
  dead: z.number().int().nonnegative(),
  /** Set by a person who has looked at a flood of dead letters and wants them all. */
  acceptFlood: z.boolean(),
});
export type Plan = z.infer<typeof planSchema>;

/** One piece for as long as bytes and groups stay within the projection's limits, then the next. */
export function firstPlan(
  entries: readonly LogEntry[],
  { measure, limits }: Pick<Projection, "measure" | "limits">,
): Plan {
  const tasks: Task[] = [];
  let from = 0;
  let bytes = 0;
  let groups = new Set<string>();
  const cut = (to: number) => {
    if (to > from) tasks.push({ from, to, stage: 0, path: String(tasks.length) });
    from = to;
    bytes = 0;
    groups = new Set();
  };
  entries.forEach((entry, at) => {
    const { bytes: size, group } = measure(entry);
    const tooManyGroups = !groups.has(group) && groups.size >= limits.groups;
    if (bytes + size > limits.bytes || tooManyGroups) cut(at);
    bytes += size;
    groups.add(group);
  });
  cut(entries.length);
  return { tasks, skipped: 0, removable: 0, dead: 0, acceptFlood: false };
}

/** The two halves of a task; it must span at least two entries. */
export function halves({ from, to, stage, path }: Task): [Task, Task] {
  const middle = Math.floor((from + to) / 2);
  return [
    { from, to: middle, stage, path: `${path}/0` },
    { from: middle, to, stage, path: `${path}/1` },
  ];
}

/** The part of the token that a task adds to its batch's. */
export function taskToken(base: string, { stage, path }: Task): string {
  return `${base}:${stage}:${path}`;
}
