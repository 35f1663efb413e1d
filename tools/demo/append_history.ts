/**
 * Writes the planned history to the log, as fast as the log takes it.
 *
 * @module
 */
import type { LogWriter } from "@/core/log/contract.ts";
import type { Simulator } from "../simulator/contract.ts";
import { Random } from "../simulator/random.ts";
import { callEvent } from "./call_event.ts";
import { ExchangeLibrary } from "./exchange.ts";
import { type HistoryOptions, planHistory } from "./history.ts";
import { HistoryCache } from "./history_cache.ts";
import { Turns } from "./turns.ts";

/** Appends on their way at once: enough for full groups, far below the log's own bound. */
const inFlight = 2_000;

export interface AppendHistoryOptions extends HistoryOptions {
  readonly project: string;
  readonly writer: Pick<LogWriter, "append">;
  readonly simulator: Simulator;
  readonly onProgress: (appended: number) => void;
  readonly signal: AbortSignal;
}

/** Resolves to the number of events when all of them are committed. */
export async function appendHistory(options: AppendHistoryOptions): Promise<number> {
  const { project, writer, end, signal } = options;
  const library = new ExchangeLibrary(options.simulator);
  const random = new Random(`events/${options.seed}`);
  const cache = new HistoryCache(project, new Random(`cache/${options.seed}`));
  let appended = 0;
  let pending: Promise<unknown>[] = [];
  const turns = new Turns(project);
  for (const planned of planHistory(options)) {
    if (signal.aborted) break;
    const call = turns.placed(planned);
    const known = library.of(call);
    const exchange = known instanceof Promise ? await known : known;
    const keepBodies = keepsBodies(call.at, end, call.fate.kind, random);
    const made = callEvent(call, exchange, { project, random, end, keepBodies });
    const applied = cache.apply(call, exchange, made);
    for (const { event, payloads } of [applied, ...turns.after(call, applied, random)]) {
      pending.push(writer.append(event, payloads));
    }
    if (pending.length < inFlight) continue;
    await Promise.all(pending);
    appended += pending.length;
    pending = [];
    options.onProgress(appended);
  }
  await Promise.all(pending);
  appended += pending.length;
  options.onProgress(appended);
  return appended;
}

/** All bodies of two days, of everything that went wrong, and one in sixteen of the rest. */
function keepsBodies(at: number, end: number, fate: string, random: Random): boolean {
  return end - at < 2 * 86_400_000 || fate !== "answered" || random.chance(1 / 16);
}
