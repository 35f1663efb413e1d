/**
 * Keeps the engine running: starts it again whenever it ends, until it is told to stop.
 *
 * @module
 */
import { describeEnd, type EngineProcess, type EngineStart } from "./process.ts";

export interface Supervision {
  pid(): number | undefined;
  stop(): Promise<void>;
  readonly exited: Promise<void>;
}

export interface Supervised {
  first: EngineProcess;
  startAgain: () => Promise<EngineStart>;
  onRestart: (attempt: number, reason: string) => void;
}

const firstWaitMs = 50;
const longestWaitMs = 5_000;
/** After a run of this length the next restart comes without delay again. */
const healthyAfterMs = 30_000;

export function supervise({ first, startAgain, onRestart }: Supervised): Supervision {
  let current: EngineProcess | undefined = first;
  const stopping = new AbortController();
  const exited = keepRunning();
  return { pid: () => current?.pid, stop, exited };

  async function stop(): Promise<void> {
    stopping.abort();
    await current?.stop();
    await exited;
  }

  async function keepRunning(): Promise<void> {
    let attempt = 0;
    let startedAt = performance.now();
    while (current !== undefined) {
      const reason = describeEnd(await current.ended);
      current = undefined;
      if (performance.now() - startedAt > healthyAfterMs) attempt = 0;
      [current, attempt] = await restart(reason, attempt);
      startedAt = performance.now();
    }
  }

  /** Tries for ever: what stands in the log waits for the engine, and an operator may free the port. */
  async function restart(
    reason: string,
    attempt: number,
  ): Promise<[EngineProcess | undefined, attempt: number]> {
    while (!stopping.signal.aborted) {
      onRestart(++attempt, reason);
      await pause(waitBefore(attempt), stopping.signal);
      if (stopping.signal.aborted) break;
      const outcome = await startAgain().catch(refused);
      if (outcome.ok && stopping.signal.aborted) await outcome.process.stop();
      else if (outcome.ok) return [outcome.process, attempt];
      else reason = outcome.reason === "refused" ? outcome.message : outcome.reason;
    }
    return [undefined, attempt];
  }
}

/** A full disk, say: a reason to wait as any other, not to leave the engine down for good. */
function refused(error: unknown): EngineStart {
  return { ok: false, reason: "refused", message: String(error) };
}

function waitBefore(attempt: number): number {
  return attempt === 1 ? 0 : Math.min(firstWaitMs * 2 ** (attempt - 1), longestWaitMs);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
