/**
 * The fast upstream of the benchmark, in a process of its own: raw sockets, prepared answers. What it
 * does is named in the request's `user` field, which every gateway passes on: `json-0`, `json-20` (after
 * 20 ms), `sse-0`, `sse-20`.
 *
 * Prints its port in one line.
 *
 * @module
 */
import { answers, kinds } from "./answers.ts";

const marks = kinds.map((kind) => ({
  mark: new TextEncoder().encode(`"bench-${kind}"`),
  wait: Number(kind.split("-")[1]),
  answer: answers[kind].wire,
}));

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
// deno-lint-ignore no-console -- the parent process reads it
console.log(listener.addr.port);

for await (const connection of listener) serve(connection).catch(() => {});

async function serve(connection: Deno.TcpConn): Promise<void> {
  connection.setNoDelay(true);
  const buffer = new Uint8Array(64 * 1024);
  let filled = 0;
  using _ = connection;
  while (true) {
    const read = await connection.read(buffer.subarray(filled));
    if (read === null) return;
    filled += read;
    const length = requestLength(buffer, filled);
    if (length === null || filled < length) continue;
    const request = buffer.subarray(0, length);
    const { wait, answer } = marks.find(({ mark }) => contains(request, mark)) ?? marks[0] ??
      unreachable();
    buffer.copyWithin(0, length, filled);
    filled -= length;
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    await writeAll(connection, answer);
  }
}

/** Bytes of the request at the buffer's beginning; null while its head is not whole. */
function requestLength(buffer: Uint8Array, filled: number): number | null {
  const head = new TextDecoder("latin1").decode(buffer.subarray(0, Math.min(filled, 8_192)));
  const end = head.indexOf("\r\n\r\n");
  if (end === -1) return null;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head.slice(0, end))?.[1];
  if (length !== undefined) return end + 4 + Number(length);
  if (!/\r\ntransfer-encoding: *chunked/i.test(head.slice(0, end))) return end + 4;
  const last = new TextDecoder("latin1").decode(buffer.subarray(0, filled)).indexOf(
    "\r\n0\r\n\r\n",
    end + 2,
  );
  return last === -1 ? null : last + 7;
}

function contains(buffer: Uint8Array, mark: Uint8Array): boolean {
  const first = mark[0] ?? 0;
  for (let at = buffer.indexOf(first); at !== -1; at = buffer.indexOf(first, at + 1)) {
    let i = 1;
    while (i < mark.length && buffer[at + i] === mark[i]) i++;
    if (i === mark.length) return true;
  }
  return false;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

function unreachable(): never {
  throw new Error("No answer is prepared");
}
