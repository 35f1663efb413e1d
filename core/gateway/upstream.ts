/**
 * Connections to providers: kept ones are used again, the one that was used last first. HTTP/1.1 is our
 * own here: for each call, `node:http` costs as much as the rest of the gateway, and reading a `fetch`
 * body from JavaScript several times as much.
 *
 * @module
 */
import type { LookupFunction } from "node:net";
import { HttpConnection } from "./http/connection.ts";
import { requestPieces } from "./http/request_head.ts";
import { NotConnected, type Sending } from "./http/sending.ts";
import { type AddressRules, guardedLookup } from "./providers/address_rules.ts";
import type { Base, Target } from "./target.ts";

/** Connections that are kept to one provider while nobody uses them. */
const mostFree = 512;
/**
 * How long one is kept, in milliseconds: what stands between may forget a silent connection without
 * telling either side, and a request on it would wait for its deadline.
 */
const mostIdle = 50_000;

/** A request on its way. */
export interface Sent {
  pause(): void;
  resume(): void;
  /** Closes the connection; nothing more is told. */
  destroy(): void;
}

interface Free {
  readonly connection: HttpConnection;
  readonly since: number;
}

export class Upstream {
  /** For addresses that projects name. */
  readonly #lookup: LookupFunction;
  readonly #free = new Map<string, Free[]>();
  readonly #now: () => number;
  readonly #all = new Set<HttpConnection>();
  readonly #connecting = new Set<Promise<unknown>>();
  #open = true;

  /** @param now monotonic milliseconds */
  constructor(
    rules: AddressRules = { allowPrivate: false },
    now: () => number = () => performance.now(),
  ) {
    this.#lookup = guardedLookup(rules);
    this.#now = now;
  }

  /**
   * Sends a request whole.
   *
   * @param anew on a new connection: a kept one was dead, and others may be
   * @throws {TypeError} when its path or a header cannot be written on the wire
   */
  send(
    method: string,
    { base, path, headers, body }: Target,
    sending: Sending,
    anew = false,
  ): Sent {
    const pieces = requestPieces(method, path, headers, body);
    const kept = anew ? null : this.#takeFree(poolOf(base));
    if (!kept) return this.#sendOnNew(base, method, pieces, sending);
    kept.request(method, pieces, sending);
    return sentOn(kept, sending);
  }

  /** The one that was used last; when it is too old, the others are older still. */
  #takeFree(pool: string): HttpConnection | null {
    const free = this.#free.get(pool);
    const last = free?.pop();
    if (!free || !last) return null;
    if (this.#now() - last.since < mostIdle) return last.connection;
    for (const { connection } of [last, ...free]) connection.destroy();
    return null;
  }

  #sendOnNew(
    base: Base,
    method: string,
    pieces: readonly Uint8Array[],
    sending: Sending,
  ): Sent {
    const leaving = new AbortController();
    let sent: Sent | null = null;
    let paused = false;
    const connecting = connect(base, this.#lookup, leaving.signal).then((conn) => {
      if (leaving.signal.aborted || !this.#open) return conn.close();
      const connection = this.#adopt(conn, poolOf(base));
      connection.request(method, pieces, sending);
      sent = sentOn(connection, sending);
      if (paused) sent.pause();
    }, (error: Error) => {
      if (!leaving.signal.aborted) sending.onError(new NotConnected(error), false);
    }).finally(() => this.#connecting.delete(connecting));
    this.#connecting.add(connecting);
    return {
      pause() {
        paused = true;
        sent?.pause();
      },
      resume() {
        paused = false;
        sent?.resume();
      },
      destroy() {
        leaving.abort();
        sent?.destroy();
      },
    };
  }

  #adopt(conn: Deno.Conn, pool: string): HttpConnection {
    const connection = new HttpConnection(
      conn,
      (freed) => this.#keep(pool, freed),
      (closed) => this.#forget(pool, closed),
    );
    this.#all.add(connection);
    return connection;
  }

  #keep(pool: string, connection: HttpConnection): void {
    let free = this.#free.get(pool);
    if (!free) this.#free.set(pool, free = []);
    if (this.#open && free.length < mostFree) free.push({ connection, since: this.#now() });
    else connection.destroy();
  }

  #forget(pool: string, connection: HttpConnection): void {
    this.#all.delete(connection);
    const free = this.#free.get(pool);
    const at = free?.findIndex((one) => one.connection === connection) ?? -1;
    if (at !== -1) free?.splice(at, 1);
  }

  /** Closes every connection; resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#open = false;
    const all = [...this.#all];
    for (const connection of all) connection.destroy();
    await Promise.all([...this.#connecting, ...all.map(({ closed }) => closed)]);
  }
}

/** Guarded ones are apart, so that no connection to the inside is taken over. */
function poolOf({ secure, host, guarded }: Base): string {
  return `${guarded ? "guarded" : "open"} ${secure ? "https" : "http"}://${host}`;
}

function sentOn(connection: HttpConnection, sending: Sending): Sent {
  // The connection may serve another request by then.
  return {
    pause() {
      if (connection.serves(sending)) connection.pause();
    },
    resume() {
      if (connection.serves(sending)) connection.resume();
    },
    destroy() {
      if (connection.serves(sending)) connection.destroy();
    },
  };
}

async function connect(
  { secure, hostname, port, guarded }: Base,
  lookup: LookupFunction,
  signal: AbortSignal,
): Promise<Deno.Conn> {
  const conn = guarded
    ? await connectToFirst(await addressesOf(hostname, lookup), port, signal)
    : await Deno.connect({ hostname, port, signal });
  conn.setNoDelay(true);
  if (!secure) return conn;
  try {
    return await Deno.startTls(conn, { hostname, alpnProtocols: ["http/1.1"] });
  } catch (error) {
    closeQuietly(conn);
    throw error;
  }
}

/** The addresses that were looked at are the ones that are used: a name could change in between. */
function addressesOf(hostname: string, lookup: LookupFunction): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error, addresses) => {
      if (error) reject(error);
      else if (typeof addresses === "string") resolve([addresses]);
      else resolve(addresses.map(({ address }) => address));
    });
  });
}

async function connectToFirst(
  addresses: readonly string[],
  port: number,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  let failure: unknown = new Error("The name has no address");
  for (const hostname of addresses) {
    try {
      return await Deno.connect({ hostname, port, signal });
    } catch (error) {
      failure = error;
      if (signal.aborted) break;
    }
  }
  throw failure;
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It went with the handshake.
  }
}

type CodedError = Error & { readonly code?: string };

/** A short reason that names no address and holds nothing of the request. */
export function reasonOf(error: CodedError): string {
  if (error instanceof NotConnected) return reasonOf(error.reason);
  return error.code ?? error.message.split("\n")[0]?.slice(0, 100) ?? "unknown";
}
