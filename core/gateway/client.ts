/**
 * The client of one call: says once when nobody is to be waited for any more. It left, as the server
 * notices or the system's table of connections has it; or the gateway stops.
 *
 * @module
 */
import type { AppError } from "../error.ts";
import type { Connections, Waiting, WaitingClient } from "./connections.ts";

/** Told why: null when the client left, else what it is to be told. */
export type Gone = (stopped: AppError | null) => void;

/** What the server knows of the client's end. */
export interface Peer {
  readonly remoteAddr: Deno.Addr;
}

export class Client implements WaitingClient {
  readonly #signal: AbortSignal;
  readonly #peer: Peer | null;
  readonly #connections: Connections;
  readonly #since: number;
  #waiting: Waiting | null = null;
  #told: Gone | null = null;

  /** @param since when the call came, on the monotonic clock */
  constructor(
    signal: AbortSignal,
    peer: Peer | null,
    connections: Connections,
    since: number,
  ) {
    this.#signal = signal;
    this.#peer = peer;
    this.#connections = connections;
    this.#since = since;
  }

  /** Calls `told` when the client leaves, at once when it has left, or when the gateway stops. */
  watch(told: Gone): void {
    this.#told = told;
    this.#signal.addEventListener("abort", this.onLeft);
    this.#waiting = this.#connections.add(this, this.#since);
    if (this.#signal.aborted) this.onLeft();
  }

  /** Nobody needs to know any more. */
  forget(): void {
    this.#told = null;
    this.#signal.removeEventListener("abort", this.onLeft);
    this.#stopWaiting();
  }

  /** Its connection is of no interest any more, though the call may go on for others. */
  #stopWaiting(): void {
    if (this.#waiting) this.#connections.delete(this.#waiting);
    this.#waiting = null;
  }

  readonly onLeft = (): void => this.#tell(null);

  onStopped(error: AppError): void {
    this.#tell(error);
  }

  #tell(stopped: AppError | null): void {
    const told = this.#told;
    this.#told = null;
    this.#stopWaiting();
    told?.(stopped);
  }

  /** Asked for late and seldom: the server looks it up each time. */
  port(): number | null {
    try {
      const address = this.#peer?.remoteAddr;
      return address && "port" in address ? address.port : null;
    } catch {
      // The server has closed the request and knows no more of it; the signal tells the rest.
      return null;
    }
  }
}
