/**
 * The end of a server: no new connections, and time for the calls in flight. Those that take longer are broken
 * off with their events, because an answer that was paid for must not be missing from the record.
 *
 * @module
 */

/** How long calls in flight may take to end by themselves. */
const graceMs = 10_000;
/** How long those that did not may take to be broken off. */
const breakOffMs = 1_000;

export interface ShutDownOptions {
  readonly server: Pick<Deno.HttpServer, "shutdown">;
  /** Breaks off the calls in flight. */
  readonly stop: () => void;
  /** @default {10 s} */
  readonly graceMs?: number;
}

/** Resolves when the server has ended, or when what is left of it is not to be waited for. */
export async function shutDown(options: ShutDownOptions): Promise<void> {
  const { server, stop, graceMs: grace = graceMs } = options;
  const { promise: overdue, resolve } = Promise.withResolvers<void>();
  const late = setTimeout(stop, grace);
  const tooLate = setTimeout(resolve, grace + breakOffMs);
  await Promise.race([server.shutdown(), overdue]);
  clearTimeout(late);
  clearTimeout(tooLate);
}
