/**
 * The client of one call: says once when it leaves, whether the server notices or the system's table
 * of connections has it.
 *
 * @module
 */
import type { Connections, Waiting, WaitingClient } from "./connections.ts";

/** What the server knows of the client's end. */
export interface Peer {
  readonly remoteAddr: Deno.Addr;
}

export class Client implements WaitingClient {
  readonly #signal: AbortSignal;
  readonly #peer: Peer | null;
  readonly #connections: Connections | null;
  readonly #since: number;
  #waiting: Waiting | null = null;
  #told: (() => void) | null = null;

  /** @param since when the call came, on the monotonic clock */
  constructor(
    signal: AbortSignal,
    peer: Peer | null,
    connections: Connections | null,
    since: number,
  ) {
    this.#signal = signal;
    this.#peer = peer;
    this.#connections = connections;
    this.#since = since;
  }

  /** Calls `told` when the client leaves, at once when it has left. */
  watch(told: () => void): void {
    this.#told = told;
    this.#signal.addEventListener("abort", this.onLeft);
    if (this.#peer) this.#waiting = this.#connections?.add(this, this.#since) ?? null;
    if (this.#signal.aborted) this.onLeft();
  }

  /** Nobody needs to know any more. */
  forget(): void {
    this.#told = null;
    this.#signal.removeEventListener("abort", this.onLeft);
    if (this.#waiting) this.#connections?.delete(this.#waiting);
    this.#waiting = null;
  }

  readonly onLeft = (): void => {
    const told = this.#told;
    this.#told = null;
    told?.();
  };

  /** Asked for late and seldom: the server looks it up each time. */
  port(): number | null {
    const address = this.#peer?.remoteAddr;
    return address && "port" in address ? address.port : null;
  }
}
