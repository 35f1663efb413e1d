/**
 * The port that the web process will listen on. It keeps it over restarts, so it is chosen above it.
 *
 * @module
 */

/** `wanted` when it is free, any free one for 0. Throws, with what to do, when it is taken. */
export function freePort(hostname: string, wanted: number): number {
  try {
    using listener = Deno.listen({ hostname, port: wanted });
    return listener.addr.port;
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new Error(
      `Port ${wanted} on ${hostname} is taken: stop what listens there, or set WATCHLLM_PORT.`,
    );
  }
}
