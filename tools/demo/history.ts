/**
 * The month before now: every call of it in the order in which the calls began.
 *
 * @module
 */
import { Random } from "../simulator/random.ts";
import { type Application, applications } from "./applications.ts";
import { type PlannedCall, planSession } from "./plan.ts";
import { load } from "./shape.ts";

const minute = 60_000;

export interface HistoryOptions {
  /** The last moment, in milliseconds since 1970. */
  readonly end: number;
  readonly days: number;
  /** Calls per hour, on average. */
  readonly rate: number;
  readonly seed: number;
}

/** Calls of a session of each application, on average; found by counting. */
const callsPerSession = 1.28;

/** How many calls the history will have, roughly. */
export function expectedCalls({ days, rate }: HistoryOptions): number {
  return days * 24 * rate;
}

/** Plans the history minute by minute; the same options give the same history. */
export function* planHistory(options: HistoryOptions): Generator<PlannedCall> {
  const { end, days, rate, seed } = options;
  const random = new Random(`history/${seed}`);
  let waiting: PlannedCall[] = [];
  for (let at = end - days * 24 * 60 * minute; at < end; at += minute) {
    const expected = rate / 60 / callsPerSession * load(at, end);
    const sessions = poisson(expected, random);
    for (let i = 0; i < sessions; i++) {
      waiting.push(...planSession(application(random), at + random.next() * minute, end, random));
    }
    waiting.sort((a, b) => a.at - b.at);
    const due = waiting.findIndex((call) => call.at >= Math.min(at + minute, end));
    yield* due === -1 ? waiting : waiting.slice(0, due);
    waiting = due === -1 ? [] : waiting.slice(due);
  }
}

/** One of the applications, as often as its weight says. */
export function application(random: Random): Application {
  return random.weighted(applications.map((one) => [one, one.weight] as const));
}

/** How many of many independent things happen when `mean` do on average. */
export function poisson(mean: number, random: Random): number {
  if (mean > 50) return Math.max(0, Math.round(random.logNormal(mean, 1 / Math.sqrt(mean))));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.next(); product > limit; product *= random.next()) count++;
  return count;
}
