/**
 * Tells the consumers process of the same machine that there is something to read: a Unix socket in the
 * data directory. A nudge carries nothing and proves nothing; without any, consumers look by themselves
 * within a second. So every failure here is silent.
 *
 * @module
 */

/** Where the socket stands. */
export function nudgePath(dataDirectory: string): string {
  return `${dataDirectory}/nudge.sock`;
}

/** The kernel's limit for the path of a Unix socket, its terminator included. */
const longestPath = 108;

export interface NudgeListener extends Disposable {
  /** False when the socket could not be made: consumers poll. */
  readonly listening: boolean;
}

/** Calls `onNudge` for nudges from other processes, until it is disposed of. */
export function listenForNudges(path: string, onNudge: () => void): NudgeListener {
  const listener = open(path);
  if (!listener) return { listening: false, [Symbol.dispose]() {} };
  const connections = new Set<Deno.Conn>();
  // It ends with the listener; a nudge that is missed only costs a wait.
  accept(listener).catch(() => {});
  return {
    listening: true,
    [Symbol.dispose]() {
      listener.close();
      for (const connection of connections) closeQuietly(connection);
      removeQuietly(path);
    },
  };

  async function accept(from: Deno.Listener): Promise<void> {
    for await (const connection of from) {
      connections.add(connection);
      // A process that was killed breaks off in the middle of a nudge.
      heed(connection).catch(() => {}).finally(() => {
        connections.delete(connection);
        closeQuietly(connection);
      });
    }
  }

  async function heed(connection: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(64);
    while (await connection.read(buffer) !== null) onNudge();
  }
}

function open(path: string): Deno.Listener | null {
  if (new TextEncoder().encode(path).length >= longestPath) return null;
  try {
    // A socket left behind by a killed process; one that lives is another consumers process, which
    // then polls: the newest one is listened to.
    removeQuietly(path);
    const listener = Deno.listen({ transport: "unix", path });
    Deno.chmodSync(path, 0o600);
    return listener;
  } catch {
    return null;
  }
}

export interface Nudger extends Disposable {
  /** Says that there is something new. Returns at once and never throws. */
  nudge(): void;
}

/** After a failure nobody is looked for again until this has passed. */
const reconnectMs = 1_000;

/** Nudges whoever listens at `path`; nudges that come while one is on its way become one. */
export function createNudger(path: string): Nudger {
  let connection: Deno.Conn | null = null;
  let wanted = false;
  let busy = false;
  let closed = false;
  let notBefore = 0;
  const byte = new Uint8Array(1);

  return {
    nudge() {
      wanted = true;
      if (!busy && !closed && performance.now() >= notBefore) void send();
    },
    [Symbol.dispose]() {
      closed = true;
      if (connection) closeQuietly(connection);
      connection = null;
    },
  };

  async function send(): Promise<void> {
    busy = true;
    try {
      while (wanted && !closed) {
        wanted = false;
        connection ??= await Deno.connect({ transport: "unix", path });
        await connection.write(byte);
      }
    } catch {
      if (connection) closeQuietly(connection);
      connection = null;
      notBefore = performance.now() + reconnectMs;
    } finally {
      busy = false;
      // Disposed of while it connected.
      if (closed && connection) closeQuietly(connection);
    }
  }
}

function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // Closed already.
  }
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Not there, which is what was wanted.
  }
}
