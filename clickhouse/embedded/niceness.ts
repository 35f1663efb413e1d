/**
 * Lets a process stand back for the gateway when the processors are busy: calls are answered first, and
 * what they leave to be projected waits in the log.
 *
 * @module
 */
import { setPriority } from "node:os";

/** How far the consumers and ClickHouse stand back: a tenth of a processor's time, when all want it. */
export const behindGateway = 10;

/** For a process just started: the threads that it will start inherit it. */
export function standBack(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness);
  } catch {
    // It has ended already, or the system does not allow it: it works, only not behind the others.
  }
}
