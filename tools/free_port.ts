/**
 * The port that the web process will listen on. It keeps it over restarts, so it is chosen above it.
 *
 * @module
 */
import { errorMessage } from "@/core/caught.ts";
import { Refusal } from "./refusal.ts";

/** `wanted` when it is free, any free one for 0. Throws, with what to do, when it cannot be had. */
export function freePort(hostname: string, wanted: number): number {
  using listener = listening(hostname, wanted, () => Deno.listen({ hostname, port: wanted }));
  return listener.addr.port;
}

/**
 * What `listen` gives.
 *
 * @throws {Refusal} with what to do, when nothing can listen there
 */
export function listening<T>(hostname: string, port: number, listen: () => T): T {
  try {
    return listen();
  } catch (error) {
    throw new Refusal(reasonOf(error, hostname, port), 1);
  }
}

function reasonOf(error: unknown, hostname: string, wanted: number): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return `Port ${wanted} on ${hostname} is taken: stop what listens there, or set WATCHLLM_PORT.`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `Port ${wanted} is for privileged users: set WATCHLLM_PORT to one above 1023.`;
  }
  const message = errorMessage(error);
  return `Nothing can listen on ${hostname} (${message}): set WATCHLLM_HOST to an address of this ` +
    "machine, or to 0.0.0.0 for all of them.";
}
