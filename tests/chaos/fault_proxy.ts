/**
 * Stands before ClickHouse on loopback and makes answers to insertions ambiguous: a request that never
 * arrives, an acknowledgement that is lost after the rows were stored, a 503 after they were stored.
 */
import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Faults {
  /** Shares of insertions, 0 to 1. */
  readonly lostRequest: number;
  readonly lostAnswer: number;
  readonly refusedAfter: number;
}

export interface FaultProxy extends AsyncDisposable {
  readonly url: string;
  /** How often each was done. */
  readonly done: Record<keyof Faults | "passed", number>;
  /** From now on everything passes. */
  calm(): void;
}

export async function faultProxy(
  target: string,
  faults: Faults,
  random: () => number,
): Promise<FaultProxy> {
  const done = { lostRequest: 0, lostAnswer: 0, refusedAfter: 0, passed: 0 };
  const { hostname, port } = new URL(target);
  let calm = false;
  const server = createServer((incoming, answer) => {
    handle(incoming, answer).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server that listens on TCP has an address of this form.
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    done,
    calm: () => calm = true,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function handle(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await bytesOf(incoming);
    const isInsert = body.subarray(0, 6).toString() === "INSERT";
    const fault = calm || !isInsert ? "passed" : draw();
    done[fault] += isInsert ? 1 : 0;
    if (fault === "lostRequest") return void incoming.socket.destroy();
    const stored = await forward(incoming, body);
    if (fault === "lostAnswer") return void incoming.socket.destroy();
    if (fault === "refusedAfter") return void answer.writeHead(503).end("upstream unavailable");
    answer.writeHead(stored.status, stored.headers).end(stored.body);
  }

  function draw(): keyof Faults | "passed" {
    let left = random();
    for (const fault of ["lostRequest", "lostAnswer", "refusedAfter"] as const) {
      left -= faults[fault];
      if (left < 0) return fault;
    }
    return "passed";
  }

  function forward(incoming: IncomingMessage, body: Uint8Array) {
    const { promise, resolve, reject } = Promise.withResolvers<
      { status: number; headers: IncomingMessage["headers"]; body: Uint8Array }
    >();
    const { method, url } = incoming;
    const { "transfer-encoding": _, ...headers } = incoming.headers;
    const asked = request({
      hostname,
      port,
      method,
      path: url,
      headers: { ...headers, "content-length": body.length },
    }, (response) => {
      bytesOf(response).then((bytes) => {
        const { "transfer-encoding": _, ...rest } = response.headers;
        resolve({ status: response.statusCode ?? 502, headers: rest, body: bytes });
      }, reject);
    });
    asked.on("error", reject);
    asked.end(body);
    return promise;
  }
}

async function bytesOf(stream: IncomingMessage) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
