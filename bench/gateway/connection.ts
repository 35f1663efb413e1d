/**
 * One keep-alive connection of the load generator: sends prepared bytes, reads whole answers.
 *
 * @module
 */

export interface Answered {
  readonly status: number;
  /** Bytes of head and body as received. */
  readonly bytes: number;
  /** `performance.now()` when the first byte of the body (or else of the head) came. */
  readonly firstByteAt: number;
}

const latin1 = new TextDecoder("latin1");
const lastChunk = [48, 13, 10, 13, 10];

export class Connection {
  readonly #conn: Deno.TcpConn;
  readonly #buffer = new Uint8Array(256 * 1024);

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  static async open(port: number): Promise<Connection> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    conn.setNoDelay(true);
    return new Connection(conn);
  }

  /** Sends a request and resolves when its answer is whole. */
  async ask(request: Uint8Array): Promise<Answered> {
    for (let at = 0; at < request.length;) at += await this.#conn.write(request.subarray(at));
    let filled = 0;
    let total: number | null | undefined;
    let status = 0;
    let firstByteAt = 0;
    while (true) {
      if (filled === this.#buffer.length) throw new Error("The answer is larger than the buffer");
      const read = await this.#conn.read(this.#buffer.subarray(filled));
      if (read === null) throw new Error("The connection ended inside an answer");
      filled += read;
      if (total === undefined) {
        const head = headOf(this.#buffer, filled);
        if (!head) continue;
        status = head.status;
        total = head.total;
        firstByteAt = performance.now();
      }
      if (total === null ? endsWithLastChunk(this.#buffer, filled) : filled >= total) {
        return { status, bytes: filled, firstByteAt };
      }
    }
  }

  close(): void {
    this.#conn.close();
  }
}

/** Status and length of an answer; the length is null when it is chunked. */
function headOf(
  buffer: Uint8Array,
  filled: number,
): { status: number; total: number | null } | null {
  const text = latin1.decode(buffer.subarray(0, Math.min(filled, 8_192)));
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return null;
  const head = text.slice(0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  return {
    status: Number(head.slice(9, 12)),
    total: length === undefined ? null : end + 4 + Number(length),
  };
}

/** The benchmark's bodies hold no carriage return, so these bytes are nothing but the end. */
function endsWithLastChunk(buffer: Uint8Array, filled: number): boolean {
  return lastChunk.every((byte, i) => buffer[filled - lastChunk.length + i] === byte);
}
