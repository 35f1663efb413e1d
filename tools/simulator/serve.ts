/**
 * The simulator on a port of the loopback interface.
 *
 * @module
 */
import type { Bill, SimulatorOptions } from "./contract.ts";
import { createSimulator } from "./simulator.ts";

export interface ServedSimulator {
  /** Base URL without a path, e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly bills: readonly Bill[];
  /** Ends open answers and closes the port. */
  close(): Promise<void>;
}

/** Starts a simulator that other processes can reach; only this machine can. */
export function serveSimulator(
  options: SimulatorOptions & { port?: number } = {},
): ServedSimulator {
  const simulator = createSimulator(options);
  const stop = new AbortController();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: options.port ?? 0,
    signal: stop.signal,
    onListen: () => {},
  }, (request) => simulator.fetch(request));
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    bills: simulator.bills,
    close: () => {
      stop.abort();
      return server.finished;
    },
  };
}
