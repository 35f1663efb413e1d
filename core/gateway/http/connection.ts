/**
 * One HTTP/1.1 connection to a provider: one request at a time, reused as long as both sides keep to
 * the protocol. A read is always under way, so that a connection that is closed while nobody uses it
 * is noticed at once and not at its next request.
 *
 * @module
 */
import { BadAnswer, headEnd, mostHeadBytes, type ParsedHead, parseHead } from "./answer_head.ts";
import { ChunkedBody } from "./chunked_body.ts";
import type { Sending } from "./sending.ts";

/** Bytes that one read takes at most. */
const readBytes = 32 * 1024;

export class HttpConnection {
  /** Resolves when the connection is closed and nothing of it is under way. */
  readonly closed: Promise<void>;
  readonly #conn: Deno.Conn;
  /** Told when a request is over and the next one may be sent. */
  readonly #onFree: (connection: HttpConnection) => void;
  readonly #onClosed: (connection: HttpConnection) => void;
  #buffer = new Uint8Array(readBytes);
  #filled = 0;
  #open = true;
  #resume: (() => void) | null = null;
  #paused = false;
  /** Answers that were read to their end. */
  #answered = 0;

  // The request that is under way.
  #sending: Sending | null = null;
  #method = "";
  #writing: Promise<void> | null = null;
  #begun = false;
  #head: ParsedHead | null = null;
  /** Bytes of the body that have not come, of a body with a length. */
  #left = 0;
  #chunks: ChunkedBody | null = null;

  constructor(
    conn: Deno.Conn,
    onFree: (connection: HttpConnection) => void,
    onClosed: (connection: HttpConnection) => void,
  ) {
    this.#conn = conn;
    this.#onFree = onFree;
    this.#onClosed = onClosed;
    this.closed = this.#readAll();
  }

  /** Sends a request. The connection is free. */
  request(method: string, pieces: readonly Uint8Array[], sending: Sending): void {
    this.#sending = sending;
    this.#method = method;
    this.#begun = false;
    this.#writing = this.#write(pieces);
  }

  /** Whether a request's answer has not come to its end. */
  serves(sending: Sending): boolean {
    return this.#sending === sending;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#resume?.();
    this.#resume = null;
  }

  /** Closes it. A request that is under way is told nothing more. */
  destroy(): void {
    this.#sending = null;
    if (!this.#open) return;
    this.#open = false;
    this.resume();
    this.#onClosed(this);
    try {
      this.#conn.close();
    } catch {
      // The other side was faster.
    }
  }

  async #write(pieces: readonly Uint8Array[]): Promise<void> {
    try {
      for (const piece of pieces) {
        for (let at = 0; at < piece.length;) {
          at += await this.#conn.write(at === 0 ? piece : piece.subarray(at));
        }
      }
      this.#writing = null;
    } catch {
      // `#writing` stays: the connection is not used again. A provider may answer, and close, before
      // it has read the body; what it says, or that it says nothing, is for the read to find out.
    }
  }

  async #readAll(): Promise<void> {
    try {
      while (this.#open) {
        if (this.#paused) await new Promise<void>((resolve) => this.#resume = resolve);
        if (!this.#open) break;
        const room = this.#filled === 0 ? this.#buffer : this.#buffer.subarray(this.#filled);
        const read = await this.#conn.read(room);
        if (read === null) {
          this.#onEnd();
          break;
        }
        this.#filled += read;
        this.#take();
      }
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error("The connection broke"));
    } finally {
      this.destroy();
      await this.#writing;
    }
  }

  /** Works off what was read. */
  #take(): void {
    // Nothing was asked: no answer may come.
    if (!this.#sending) return this.destroy();
    this.#begun = true;
    let at = 0;
    while (!this.#head) {
      at = headEnd(this.#buffer, this.#filled);
      if (at === 0) return this.#makeRoom();
      const head = parseHead(this.#buffer, at, this.#method);
      if (head.status === 101) throw new BadAnswer("The provider changed the protocol");
      if (head.status < 200) {
        // An interim answer: the real one follows.
        this.#drop(at);
        continue;
      }
      this.#begin(head);
    }
    this.#takeBody(at);
  }

  #begin(head: ParsedHead): void {
    this.#head = head;
    this.#left = head.framing.kind === "length" ? head.framing.bytes : 0;
    this.#chunks = head.framing.kind === "chunked" ? new ChunkedBody() : null;
    this.#sending?.onHead(head);
  }

  #takeBody(from: number): void {
    let end = this.#filled;
    let next = end;
    let whole = false;
    if (this.#chunks) {
      next = this.#chunks.take(this.#buffer, from, end);
      end = this.#chunks.dataEnd;
      whole = this.#chunks.done;
    } else if (this.#head?.framing.kind !== "close") {
      end = next = Math.min(end, from + this.#left);
      this.#left -= end - from;
      whole = this.#left === 0;
    }
    // A copy: the client and the record keep it, the buffer is filled again.
    if (end > from) this.#sending?.onChunk(this.#buffer.slice(from, end));
    this.#drop(next);
    if (whole) this.#finish();
  }

  #finish(): void {
    const sending = this.#sending;
    if (!sending) return;
    const again = this.#head?.keptAlive === true && this.#writing === null && this.#filled === 0;
    this.#sending = null;
    this.#head = null;
    // A pause that came with the last bytes is the old request's.
    this.#paused = false;
    this.#answered++;
    if (!again) this.destroy();
    else this.#onFree(this);
    sending.onEnd();
  }

  /** Forgets the buffer's beginning. */
  #drop(bytes: number): void {
    if (bytes < this.#filled) this.#buffer.copyWithin(0, bytes, this.#filled);
    this.#filled -= bytes;
  }

  /** For a head that is longer than the buffer. */
  #makeRoom(): void {
    if (this.#filled < this.#buffer.length) return;
    if (this.#filled >= mostHeadBytes) throw new BadAnswer("The head is too long");
    const larger = new Uint8Array(2 * this.#buffer.length);
    larger.set(this.#buffer);
    this.#buffer = larger;
  }

  #onEnd(): void {
    const sending = this.#sending;
    if (this.#head?.framing.kind === "close") {
      this.destroy();
      sending?.onEnd();
    } else this.#fail(new Error("Connection closed"));
  }

  #fail(error: Error): void {
    const sending = this.#sending;
    this.destroy();
    sending?.onError(error, this.#answered > 0 && !this.#begun);
  }
}
