/**
 * A way to a server that can be shut and opened again, as a network that fails.
 */

export interface Gate extends AsyncDisposable {
  /** Where the server is reached through the gate. */
  readonly url: string;
  /** Ends all connections and refuses new ones. */
  shut(): void;
  open(): void;
}

export function gateTo(target: string): Gate {
  const { hostname, port } = new URL(target);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const held = new Set<Deno.Conn>();
  let isOpen = true;

  const drop = (connection: Deno.Conn) => {
    if (!held.delete(connection)) return;
    connection.close();
  };
  const carry = async (from: Deno.Conn, to: Deno.Conn) => {
    const bytes = new Uint8Array(64 * 1024);
    try {
      for (let read = await from.read(bytes); read !== null; read = await from.read(bytes)) {
        for (let at = 0; at < read;) at += await to.write(bytes.subarray(at, read));
      }
    } catch {
      // One side has gone, or the gate was shut.
    }
    drop(from);
    drop(to);
  };
  const letThrough = async (inside: Deno.Conn) => {
    held.add(inside);
    try {
      const outside = await Deno.connect({ hostname, port: Number(port) });
      held.add(outside);
      if (!isOpen) [inside, outside].forEach(drop);
      else await Promise.all([carry(inside, outside), carry(outside, inside)]);
    } catch {
      drop(inside);
    }
  };
  const passing = new Set<Promise<void>>();
  const accepting = (async () => {
    for await (const connection of listener) {
      if (!isOpen) {
        connection.close();
        continue;
      }
      const pass: Promise<void> = letThrough(connection).finally(() => passing.delete(pass));
      passing.add(pass);
    }
  })();

  const shut = () => {
    isOpen = false;
    [...held].forEach(drop);
  };
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    shut,
    open: () => {
      isOpen = true;
    },
    async [Symbol.asyncDispose]() {
      shut();
      listener.close();
      await accepting;
      await Promise.all(passing);
    },
  };
}
