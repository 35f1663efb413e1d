/**
 * The frame of a command that works on the stores: until it is done or the operator stops it. What fails
 * is said in one sentence, and is the exit code.
 *
 * @module
 */
import { failure } from "./failure.ts";
import { stopSignal } from "./stop_signal.ts";

/** @returns the work's exit code, or 1 when it threw */
export async function untilStopped(
  say: (line: string) => void,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const stopping = stopSignal({ supervised: false });
  try {
    return await work(stopping.signal);
  } catch (error) {
    say(failure(error));
    return 1;
  } finally {
    stopping.dispose();
  }
}
