/**
 * Which clients are still there, as the operating system's table of connections has it. An HTTP server
 * that works on a request need not look at its connection, and Deno's does not when the request was
 * longer than a few lines: a client that gives up while the provider thinks would go unseen until the
 * answer begins, and what nobody reads would be made and paid for.
 *
 * The table is read only while some call has waited for long, and seldom where reading it is slow.
 *
 * @module
 */
import type { AppError } from "../error.ts";

/** A client that waits for its answer. */
export interface WaitingClient {
  /** Its port; null when there is none to tell it by. */
  port(): number | null;
  onLeft(): void;
  /** The gateway stops. */
  onStopped(error: AppError): void;
}

/** Stands for a client among those that wait. */
export interface Waiting {
  /** When it began to, on the monotonic clock, in milliseconds. */
  readonly since: number;
  /** Null when it is not waited for any more: a set that grows keeps what was in it for a while. */
  client: WaitingClient | null;
}

export interface ConnectionPorts {
  /** The ports to which connections stand; null where the system does not tell. */
  readonly standing: (() => Promise<ReadonlySet<number> | null>) | null;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** How long a call waits before its client is looked after, and how often that is done. */
const everyMs = 40;
/** Looking takes at most this part of the time. */
const share = 1 / 20;

export class Connections {
  readonly #ports: ConnectionPorts;
  readonly #waiting = new Set<Waiting>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** While the table is being read. */
  #looking: Promise<void> | null = null;
  /** Whether it looks after them. */
  #open: boolean;

  constructor(ports: ConnectionPorts) {
    this.#ports = ports;
    this.#open = ports.standing !== null;
  }

  /** @param since when its call came, on the monotonic clock */
  add(client: WaitingClient, since: number): Waiting {
    const waiting: Waiting = { since, client };
    this.#waiting.add(waiting);
    this.#timer ??= this.#open ? setTimeout(this.#begin, everyMs) : undefined;
    return waiting;
  }

  delete(waiting: Waiting): void {
    waiting.client = null;
    this.#waiting.delete(waiting);
  }

  /** Tells every client that waits that it waits in vain. */
  stop(error: AppError): void {
    for (const { client } of [...this.#waiting]) client?.onStopped(error);
  }

  /** Looks no more; resolves when nothing is being read. */
  async close(): Promise<void> {
    this.#open = false;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  readonly #begin = (): void => {
    this.#looking = this.#look().finally(() => {
      this.#looking = null;
    });
  };

  async #look(): Promise<void> {
    const began = this.#ports.now();
    const late = [...this.#waiting].filter(({ since }) => began - since >= everyMs);
    if (late.length > 0) {
      const standing = await this.#ports.standing?.();
      if (!standing) this.#open = false;
      // Calls that wait stand on connections to providers: an empty table tells of nothing.
      const told = standing && standing.size > 0 ? late : [];
      for (const { client } of told) {
        const port = client?.port() ?? null;
        if (port !== null && !standing?.has(port)) client?.onLeft();
      }
    }
    const spent = this.#ports.now() - began;
    this.#timer = this.#open && this.#waiting.size > 0
      ? setTimeout(this.#begin, Math.max(everyMs, spent / share))
      : undefined;
  }
}

/**
 * The ports at the far end of all connections that stand, from the text of Linux's `/proc/net/tcp` and
 * `tcp6`. A connection whose far end has said goodbye or was reset does not stand any more. Addresses
 * are not looked at: of two clients with one port, the one that leaves is missed until the other does.
 *
 * @example
 * ```ts
 * import { expect } from "expect";
 * import { standingPorts } from "@/core/gateway/connections.ts";
 *
 * const table = `  sl  local_address rem_address   st
 *    0: 0100007F:1F90 0100007F:C350 01
 *    1: 0100007F:1F90 0100007F:C351 08`;
 * expect(standingPorts(table)).toEqual(new Set([50_000]));
 * ```
 */
export function standingPorts(table: string): Set<number> {
  const ports = new Set<number>();
  for (const [, port = ""] of table.matchAll(/:[0-9A-F]{4} [0-9A-F]+:([0-9A-F]{4}) 01\b/g)) {
    ports.add(Number.parseInt(port, 16));
  }
  return ports;
}
