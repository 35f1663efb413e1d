import { expect } from "expect";
import fc from "fast-check";
import { Upstream } from "@/core/gateway/upstream.ts";
import type { Head } from "@/core/gateway/plan.ts";
import type { Target } from "@/core/gateway/target.ts";
import { eventually } from "./fixture.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** A server of raw bytes: answers the nth request of a connection with what `answer` writes. */
function rawServer(
  answer: (conn: Deno.TcpConn, request: string, nth: number) => Promise<void> | void,
) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  const seen: string[] = [];
  let connections = 0;
  async function serve(conn: Deno.TcpConn): Promise<void> {
    open.add(conn);
    connections++;
    const buffer = new Uint8Array(64 * 1024);
    let text = "";
    try {
      for (let nth = 0;;) {
        const read = await conn.read(buffer);
        if (read === null) break;
        text += decoder.decode(buffer.subarray(0, read));
        const length = Number(/content-length: (\d+)/.exec(text)?.[1] ?? 0);
        const end = text.indexOf("\r\n\r\n") + 4;
        if (end < 4 || text.length < end + length) continue;
        seen.push(text);
        const request = text;
        text = "";
        await answer(conn, request, nth++);
      }
    } catch {
      // The client closed it, or the answer did.
    } finally {
      open.delete(conn);
      try {
        conn.close();
      } catch {
        // By the answer.
      }
    }
  }
  const serving = (async () => {
    const all: Promise<void>[] = [];
    for await (const conn of listener) all.push(serve(conn));
    await Promise.all(all);
  })();
  return {
    port: listener.addr.port,
    seen,
    open,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const conn of open) {
        try {
          conn.close();
        } catch {
          // Closed already.
        }
      }
      await serving;
    },
  };
}

function targetAt(port: number, more: Partial<Target> = {}): Target {
  return {
    base: { secure: false, hostname: "127.0.0.1", port, host: `127.0.0.1:${port}`, prefix: "" },
    path: "/v1/x?a=b",
    headers: ["host", `127.0.0.1:${port}`, "accept", "*/*"],
    body: null,
    stripUsage: false,
    ...more,
  };
}

interface Got {
  head: Head | null;
  body: string;
  chunks: number;
  end: "whole" | "error";
  error: string;
  stale: boolean;
}

/** Sends a request and waits for its end. */
function ask(upstream: Upstream, target: Target, method = "GET"): Promise<Got> {
  return new Promise((resolve) => {
    const pieces: Uint8Array[] = [];
    let head: Head | null = null;
    const got = (end: Got["end"], error = "", stale = false) => {
      const body = pieces.map((piece) => decoder.decode(piece, { stream: true })).join("");
      resolve({ head, body, chunks: pieces.length, end, error, stale });
    };
    upstream.send(method, target, {
      onHead: (one) => {
        head = one;
      },
      onChunk: (chunk) => pieces.push(chunk),
      onEnd: () => got("whole"),
      onError: (error, stale) => got("error", error.message, stale),
    });
  });
}

async function writeCut(conn: Deno.TcpConn, bytes: Uint8Array, cuts: readonly number[]) {
  conn.setNoDelay(true);
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    for (let at = from; at < cut;) at += await conn.write(bytes.subarray(at, cut));
    from = Math.max(from, cut);
    // Another turn of the loop, so that the pieces arrive apart more often than not.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

const answers = [
  {
    name: "a length",
    wire: "content-length: 12\r\n\r\nhello wörld",
    reused: true,
  },
  {
    name: "chunks, an extension and trailers",
    wire: "transfer-encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n007\r\n wörld\r\n0\r\nx: y\r\n\r\n",
    reused: true,
  },
  { name: "the connection's end", wire: "connection: close\r\n\r\nhello wörld", reused: false },
];

for (const { name, wire, reused } of answers) {
  Deno.test(`a body that ends by ${name} is the same for any cut of its bytes`, async () => {
    const bytes = encoder.encode(
      `HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n${wire}`,
    );
    let cuts: readonly number[] = [];
    await using server = rawServer(async (conn) => {
      await writeCut(conn, bytes, cuts);
      if (!reused) conn.closeWrite();
    });
    const upstream = new Upstream();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 6 }),
        async (places) => {
          cuts = places.sort((a, b) => a - b);
          const got = await ask(upstream, targetAt(server.port));
          expect(got).toMatchObject({ end: "whole", body: "hello wörld" });
          expect(got.head).toMatchObject({ status: 200, contentType: "text/plain" });
        },
      ),
      { numRuns: 40 },
    );
    if (reused) expect(server.connections).toBe(1);
    await upstream.close();
  });
}

Deno.test("what is sent is what was given, with the body's length", async () => {
  await using server = rawServer(async (conn) => {
    await conn.write(encoder.encode("HTTP/1.1 204 No Content\r\n\r\n"));
  });
  const upstream = new Upstream();
  await ask(upstream, targetAt(server.port));
  const headers = ["host", "h", "x-name", "caf\u00e9", "x-twice", "1", "x-twice", "2"];
  await ask(upstream, targetAt(server.port, { headers, body: encoder.encode("{}") }), "POST");
  await ask(upstream, targetAt(server.port, { body: new Uint8Array() }), "POST");
  const large = new Uint8Array(300_000).fill(97);
  await ask(upstream, targetAt(server.port, { body: large }), "POST");
  expect(server.seen[0]).toBe(
    `GET /v1/x?a=b HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\naccept: */*\r\nconnection: keep-alive\r\n\r\n`,
  );
  expect(server.seen[1]).toContain(
    "host: h\r\nx-name: caf\ufffd\r\nx-twice: 1\r\nx-twice: 2\r\ncontent-length: 2\r\n",
  );
  expect(server.seen[1]?.endsWith("\r\n\r\n{}")).toBe(true);
  expect(server.seen[2]).toContain("content-length: 0\r\n");
  expect(server.seen[3]).toContain("content-length: 300000\r\n");
  expect(server.seen[3]?.endsWith("a".repeat(300_000))).toBe(true);
  expect(server.connections).toBe(1);
  await upstream.close();
});

Deno.test("what would become another request is not sent", async () => {
  const upstream = new Upstream();
  const bad: [string, Partial<Target>][] = [
    ["GET", { path: "/a b" }],
    ["GET", { path: "/a\r\nx: y" }],
    ["GET", { headers: ["x", "1\r\nhost: other"] }],
    ["GET", { headers: ["x\r\n", "1"] }],
    ["GET", { headers: ["x", "\u0100"] }],
    ["GET /", {}],
  ];
  for (const [method, more] of bad) {
    await expect((async () => await ask(upstream, targetAt(1, more), method))()).rejects
      .toThrow(TypeError);
  }
  await upstream.close();
});

const malformed = {
  "two lengths that differ": "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nabc",
  "a length and chunks":
    "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
  "a body in a coding that nobody asked for":
    "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
  "a length that is no number": "HTTP/1.1 200 OK\r\ncontent-length: +3\r\n\r\nabc",
  "a header without a name": "HTTP/1.1 200 OK\r\n: x\r\n\r\n",
  "a folded header": "HTTP/1.1 200 OK\r\na: b\r\n c\r\n\r\n",
  "a blank before the colon": "HTTP/1.1 200 OK\r\ncontent-length : 3\r\n\r\nabc",
  "another protocol": "HTTP/2 200\r\n\r\n",
  "a changed protocol": "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
  "no HTTP at all": "220 mail.example.com ESMTP\r\n\r\n",
  "a chunk's size that is no number": "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxy\r\n",
  "a chunk longer than it says":
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
  "a chunk's size without its return":
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
  "a head without end": `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(15_000)}`,
};

for (const [name, wire] of Object.entries(malformed)) {
  Deno.test(`an answer with ${name} is an error and its connection is closed`, async () => {
    await using server = rawServer((conn) => writeCut(conn, latin1(wire), []));
    const upstream = new Upstream();
    const got = await ask(upstream, targetAt(server.port));
    expect(got).toMatchObject({ end: "error", stale: false });
    await eventually(() => server.open.size === 0, "the connection is closed");
    await upstream.close();
  });
}

Deno.test("a head may be larger than one read", async () => {
  const headers = Array.from({ length: 300 }, (_, i) => `x-${i}: ${"v".repeat(150)}\r\n`).join("");
  await using server = rawServer((conn) =>
    writeCut(conn, latin1(`HTTP/1.1 200 OK\r\n${headers}content-length: 2\r\n\r\nok`), [])
  );
  const upstream = new Upstream();
  const got = await ask(upstream, targetAt(server.port));
  expect(got).toMatchObject({ end: "whole", body: "ok" });
  expect(got.head?.raw).toHaveLength(602);
  await upstream.close();
});

Deno.test("an answer to HEAD, and one without content, have no body whatever their head says", async () => {
  await using server = rawServer((conn, request) =>
    writeCut(
      conn,
      latin1(
        request.startsWith("HEAD")
          ? "HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n"
          : "HTTP/1.1 304 Not Modified\r\ntransfer-encoding: chunked\r\n\r\n",
      ),
      [],
    )
  );
  const upstream = new Upstream();
  expect(await ask(upstream, targetAt(server.port), "HEAD"))
    .toMatchObject({ end: "whole", body: "", head: { contentLength: 5000 } });
  expect(await ask(upstream, targetAt(server.port))).toMatchObject({ end: "whole", body: "" });
  expect(server.connections).toBe(1);
  await upstream.close();
});

Deno.test("an answer that is cut is an error, and not a stale connection", async () => {
  const cut = [
    "HTTP/1.1 200 OK\r\ncontent-le",
    "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
  ];
  for (const wire of cut) {
    await using server = rawServer(async (conn, _, nth) => {
      if (nth === 0) return void await conn.write(latin1("HTTP/1.1 204 No Content\r\n\r\n"));
      await conn.write(latin1(wire));
      conn.close();
    });
    const upstream = new Upstream();
    await ask(upstream, targetAt(server.port));
    expect(await ask(upstream, targetAt(server.port))).toMatchObject({
      end: "error",
      stale: false,
    });
    await upstream.close();
  }
});

Deno.test("a connection that ends unanswered is stale if it was used before, and only then", async () => {
  await using server = rawServer(async (conn, _, nth) => {
    if (nth === 0 && server.connections === 1) {
      await conn.write(latin1("HTTP/1.1 204 No Content\r\n\r\n"));
    } else conn.close();
  });
  const upstream = new Upstream();
  await ask(upstream, targetAt(server.port));
  expect(await ask(upstream, targetAt(server.port))).toMatchObject({ end: "error", stale: true });
  expect(await ask(upstream, targetAt(server.port))).toMatchObject({ end: "error", stale: false });
  expect(server.connections).toBe(2);
  await upstream.close();
});

Deno.test("a kept connection that the provider closes or speaks on unasked is not used again", async () => {
  for (const unasked of ["", "HTTP/1.1 408 Request Timeout\r\n\r\n"]) {
    await using server = rawServer(async (conn) => {
      await conn.write(latin1("HTTP/1.1 204 No Content\r\n\r\n"));
    });
    const upstream = new Upstream();
    await ask(upstream, targetAt(server.port));
    const [conn] = server.open;
    if (unasked === "") conn?.close();
    else await conn?.write(latin1(unasked));
    await eventually(() => server.open.size === 0, "the connection is closed");
    expect(await ask(upstream, targetAt(server.port))).toMatchObject({ end: "whole" });
    expect(server.connections).toBe(2);
    await upstream.close();
  }
});

Deno.test("a kept connection that was silent for long is not used again, nor are older ones", async () => {
  let now = 0;
  let held: (() => void)[] = [];
  await using server = rawServer(async (conn) => {
    await new Promise<void>((resolve) => held.push(resolve));
    await conn.write(latin1("HTTP/1.1 204 No Content\r\n\r\n"));
  });
  const upstream = new Upstream(undefined, () => now);
  const askTogether = async (count: number) => {
    const asked = Array.from({ length: count }, () => ask(upstream, targetAt(server.port)));
    await eventually(() => held.length === count, "the requests");
    for (const go of held) go();
    held = [];
    await Promise.all(asked);
  };
  await askTogether(2);
  now = 40_000;
  await askTogether(2);
  expect(server.connections).toBe(2);
  now = 95_000;
  await askTogether(1);
  expect(server.connections).toBe(3);
  await eventually(() => server.open.size === 1, "the old ones are closed");
  await upstream.close();
});

Deno.test("an answer before the body was read is given, and its connection not used again", async () => {
  const held: Deno.Conn[] = [];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const conn of listener) {
      await conn.read(new Uint8Array(1_024));
      await conn.write(latin1("HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno"));
      // What comes is not read: a full socket keeps the client writing.
      held.push(conn);
    }
  })();
  const upstream = new Upstream();
  const body = new Uint8Array(30_000_000);
  const target = targetAt((listener.addr as Deno.NetAddr).port, { body });
  expect(await ask(upstream, target, "POST")).toMatchObject({
    end: "whole",
    body: "no",
    head: { status: 413 },
  });
  expect(await ask(upstream, target, "POST")).toMatchObject({ head: { status: 413 } });
  expect(held).toHaveLength(2);
  await upstream.close();
  listener.close();
  for (const conn of held) conn.close();
  await serving;
});

Deno.test("a head whose lines end in line feeds alone is refused instead of waited for", async () => {
  await using server = rawServer(async (conn) => {
    await conn.write(latin1("HTTP/1.1 200 OK\ncontent-length: 2\n\nhi"));
  });
  const upstream = new Upstream();
  expect(await ask(upstream, targetAt(server.port))).toMatchObject({ head: null, end: "error" });
  await upstream.close();
});

Deno.test("a request that is given up closes its connection, at any moment, and is told nothing more", async () => {
  let go = () => {};
  await using server = rawServer(async (conn) => {
    await conn.write(latin1("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc"));
    await new Promise<void>((resolve) => go = resolve);
  });
  const upstream = new Upstream();
  const told: string[] = [];
  const sending = {
    onHead: () => void told.push("head"),
    onChunk: () => void told.push("chunk"),
    onEnd: () => void told.push("end"),
    onError: () => void told.push("error"),
  };
  upstream.send("GET", targetAt(server.port), sending).destroy();
  const sent = upstream.send("GET", targetAt(server.port), sending);
  await eventually(() => told.includes("chunk"), "the first bytes");
  sent.destroy();
  sent.destroy();
  go();
  await eventually(() => server.open.size === 0, "the connection is closed");
  expect(told).toEqual(["head", "chunk"]);
  await upstream.close();
});

Deno.test("reading stops while a request is paused", async () => {
  const size = 20_000_000;
  let written = 0;
  await using server = rawServer(async (conn) => {
    await conn.write(latin1(`HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n`));
    const piece = new Uint8Array(100_000);
    while (written < size) written += await conn.write(piece.subarray(0, size - written));
  });
  const upstream = new Upstream();
  const ended = Promise.withResolvers<void>();
  let received = 0;
  const sent = upstream.send("GET", targetAt(server.port), {
    onHead: () => {},
    onChunk(chunk) {
      if (received === 0) sent.pause();
      received += chunk.length;
    },
    onEnd: () => ended.resolve(),
    onError: (error) => ended.reject(error),
  });
  await eventually(() => received > 0 && written > 0, "the first bytes");
  let before = -1;
  await eventually(() => {
    const stands = written === before;
    before = written;
    return stands;
  }, "the provider is held up");
  expect(received).toBeLessThan(100_000);
  expect(written).toBeLessThan(size);
  sent.resume();
  await ended.promise;
  expect(received).toBe(size);
  await upstream.close();
});

Deno.test("a pause that came with an answer's last bytes does not outlive the answer", async () => {
  await using server = rawServer(async (conn) => {
    await conn.write(latin1("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
  });
  const upstream = new Upstream();
  await new Promise<void>((resolve, reject) => {
    const sent = upstream.send("GET", targetAt(server.port), {
      onHead: () => {},
      onChunk: () => sent.pause(),
      onEnd: resolve,
      onError: reject,
    });
  });
  let second: Got | null = null;
  ask(upstream, targetAt(server.port)).then((got) => second = got);
  await eventually(() => second !== null, "the second answer");
  expect(second).toMatchObject({ end: "whole", body: "ok" });
  expect(server.connections).toBe(1);
  await upstream.close();
});

Deno.test("an address that a project names is connected to only when its name may lead there", async () => {
  await using server = rawServer(async (conn) => {
    await conn.write(latin1("HTTP/1.1 204 No Content\r\n\r\n"));
  });
  const { base, ...target } = targetAt(server.port);
  const guarded = { ...target, base: { ...base, hostname: "localhost", guarded: true as const } };
  const strict = new Upstream({ allowPrivate: false });
  expect(await ask(strict, { ...target, base })).toMatchObject({ end: "whole" });
  expect(await ask(strict, guarded)).toMatchObject({ end: "error" });
  expect(server.connections).toBe(1);
  const lenient = new Upstream({ allowPrivate: true });
  expect(await ask(lenient, guarded)).toMatchObject({ end: "whole" });
  await strict.close();
  await lenient.close();
});
