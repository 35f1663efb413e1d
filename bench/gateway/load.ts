/**
 * The load generator, in a process of its own so that the measured one is not disturbed. Takes a job as
 * JSON in its first argument, prints the outcome as JSON.
 *
 * @module
 */
import { z } from "zod";
import { Connection } from "./connection.ts";

const jobSchema = z.object({
  port: z.number().int(),
  /** Head and body of the request. */
  request: z.string(),
  connections: z.number().int().positive(),
  seconds: z.number().positive(),
  /** Not counted, before the measurement. */
  warmupSeconds: z.number().nonnegative(),
  /** Requests per second in an open loop; null keeps every connection busy. */
  perSecond: z.number().positive().nullable(),
  /** Ends earlier when so many have been answered. */
  maxRequests: z.number().int().positive().nullable(),
  /** An answer with fewer bytes is counted as failed. */
  minBytes: z.number().int(),
});
export type Job = z.infer<typeof jobSchema>;

/** JSON has no NaN: null is a quantile of nothing. */
const milliseconds = z.number().nullable().transform((ms) => ms ?? NaN);

export const outcomeSchema = z.object({
  answered: z.number(),
  /** Answers of the warm-up included. */
  answeredInAll: z.number(),
  failed: z.number(),
  seconds: z.number(),
  /** Milliseconds, from sending (closed loop) or from when it was due (open loop). */
  p50: milliseconds,
  p99: milliseconds,
  firstByteP50: milliseconds,
  firstByteP99: milliseconds,
  failure: z.string().nullable(),
});
export type Outcome = z.output<typeof outcomeSchema>;

/** A round in which so many calls fail is given up: its figures mean nothing. */
const mostFailures = 1_000;

class Tally {
  readonly latencies: number[] = [];
  readonly firstBytes: number[] = [];
  failed = 0;
  failure: string | null = null;

  fail(reason: string): void {
    this.failed++;
    this.failure ??= reason;
  }
}

async function closedLoop(
  job: Job,
  request: Uint8Array,
  seconds: number,
  tally: Tally,
): Promise<void> {
  const until = performance.now() + seconds * 1_000;
  const most = job.maxRequests ?? Infinity;
  await Promise.all(Array.from({ length: job.connections }, async () => {
    let connection = await Connection.open(job.port);
    const goesOn = () =>
      performance.now() < until && tally.latencies.length < most && tally.failed < mostFailures;
    while (goesOn()) {
      const sentAt = performance.now();
      const ok = await askOnce(connection, request, sentAt, job, tally);
      if (ok) continue;
      connection.close();
      connection = await Connection.open(job.port);
    }
    connection.close();
  }));
}

/** Requests leave when they are due, whatever became of the ones before. */
async function openLoop(
  job: Job,
  perSecond: number,
  request: Uint8Array,
  seconds: number,
  tally: Tally,
): Promise<void> {
  const free: Connection[] = [];
  const open = new Set<Promise<void>>();
  const begun = performance.now();
  for (let i = 0; i < perSecond * seconds; i++) {
    const dueAt = begun + i * 1_000 / perSecond;
    while (performance.now() < dueAt) {
      await new Promise((resolve) => setTimeout(resolve, dueAt - performance.now()));
    }
    if (open.size >= 2_000) {
      tally.fail("More than 2,000 requests are open");
      continue;
    }
    const one: Promise<void> = (async () => {
      const connection = free.pop() ?? await Connection.open(job.port);
      const ok = await askOnce(connection, request, dueAt, job, tally);
      if (ok) free.push(connection);
      else connection.close();
    })().finally(() => open.delete(one));
    open.add(one);
  }
  await Promise.all(open);
  for (const connection of free) connection.close();
}

async function askOnce(
  connection: Connection,
  request: Uint8Array,
  since: number,
  job: Job,
  tally: Tally,
): Promise<boolean> {
  try {
    const { status, bytes, firstByteAt } = await connection.ask(request);
    if (status !== 200 || bytes < job.minBytes) {
      tally.fail(`status ${status}, ${bytes} bytes`);
      return false;
    }
    tally.latencies.push(performance.now() - since);
    tally.firstBytes.push(firstByteAt - since);
    return true;
  } catch (error) {
    tally.fail(String(error));
    return false;
  }
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

async function run(job: Job): Promise<Outcome> {
  const request = new TextEncoder().encode(job.request);
  const loop = (seconds: number, tally: Tally) =>
    job.perSecond === null
      ? closedLoop(job, request, seconds, tally)
      : openLoop(job, job.perSecond, request, seconds, tally);
  const warmup = new Tally();
  if (job.warmupSeconds > 0) await loop(job.warmupSeconds, warmup);
  const tally = new Tally();
  const begun = performance.now();
  await loop(job.seconds, tally);
  const seconds = (performance.now() - begun) / 1_000;
  const latencies = tally.latencies.sort((a, b) => a - b);
  const firstBytes = tally.firstBytes.sort((a, b) => a - b);
  return {
    answered: latencies.length,
    answeredInAll: latencies.length + warmup.latencies.length,
    failed: tally.failed,
    seconds,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    firstByteP50: quantile(firstBytes, 0.5),
    firstByteP99: quantile(firstBytes, 0.99),
    failure: tally.failure,
  };
}

if (import.meta.main) {
  const outcome = await run(jobSchema.parse(JSON.parse(Deno.args[0] ?? "")));
  // deno-lint-ignore no-console -- the parent process reads it
  console.log(JSON.stringify(outcome));
}
