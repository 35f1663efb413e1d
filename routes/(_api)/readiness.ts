/**
 * The questions behind `/readyz`. Each is asked with a deadline, so that a store which hangs is told of
 * like one that refuses.
 *
 * @module
 */
import { z } from "zod";
import type { KvPort } from "@/core/log/kv.ts";

const checkResultSchema = z.object({
  ok: z.boolean(),
  /** In words, for people; never a value of the configuration. */
  detail: z.string().optional(),
  /** Numbers that belong to it, e.g. `lag_events`. */
  figures: z.record(z.string(), z.number()).optional(),
});
export type CheckResult = z.infer<typeof checkResultSchema>;

/** A throw counts as not ok; its message is not shown. */
export type Check = () => Promise<CheckResult>;

export const readinessSchema = z.object({
  status: z.enum(["ready", "not_ready"]),
  checks: z.record(z.string(), checkResultSchema),
});
export type ReadinessAnswer = z.infer<typeof readinessSchema>;

const deadlineMs = 2_000;

export async function readiness(checks: Readonly<Record<string, Check>>): Promise<ReadinessAnswer> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await inTime(check)] as const),
  );
  const ready = results.every(([, { ok }]) => ok);
  return { status: ready ? "ready" : "not_ready", checks: Object.fromEntries(results) };
}

/** Whether the log's store answers. */
export function kvCheck(kv: Pick<KvPort, "get">): Check {
  return async () => {
    await kv.get(["identity", "project", "default"]);
    return { ok: true };
  };
}

/** Whether ClickHouse answers to our user. */
export function clickhouseCheck(store: { ping(): Promise<void> }): Check {
  return async () => {
    await store.ping();
    return { ok: true };
  };
}

async function inTime(check: Check): Promise<CheckResult> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<CheckResult>((resolve) => {
    timer = setTimeout(
      () => resolve({ ok: false, detail: `No answer within ${deadlineMs} ms.` }),
      deadlineMs,
    );
  });
  try {
    return await Promise.race([check(), late]);
  } catch {
    return { ok: false, detail: "It could not be reached." };
  } finally {
    clearTimeout(timer);
  }
}
