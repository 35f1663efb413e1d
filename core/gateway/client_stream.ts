/**
 * The body of a streamed answer, as the client's side of it: takes bytes while the client is there,
 * says when it cannot keep up, and ends properly or abnormally.
 *
 * @module
 */

/** Chunks that may wait for a slow client before the provider is slowed down. */
const chunksAhead = 16;

export interface ClientEvents {
  /** The client is behind: nothing more should be offered until `onDrained`. */
  onFull(): void;
  onDrained(): void;
  /** The client left. */
  onLeft(): void;
}

export class ClientStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #events: ClientEvents;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #open = true;
  #full = false;

  constructor(events: ClientEvents) {
    this.#events = events;
    this.body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#drained(),
      cancel: () => this.#left(),
    }, { highWaterMark: chunksAhead });
  }

  /** Hands bytes to the client; false when it is not there any more. */
  offer(bytes: Uint8Array): boolean {
    if (!this.#open || !this.#controller) return false;
    try {
      this.#controller.enqueue(bytes);
    } catch {
      // The server closed the stream without telling us: an exception here would end the process.
      this.#left();
      return false;
    }
    if ((this.#controller.desiredSize ?? 1) <= 0 && !this.#full) {
      this.#full = true;
      this.#events.onFull();
    }
    return true;
  }

  /** Ends the answer. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#controller?.close();
  }

  /** Ends the connection without a proper end, so that the client can tell. */
  breakOff(error: Error): void {
    if (!this.#open) return;
    this.#open = false;
    this.#controller?.error(error);
  }

  #drained(): void {
    if (!this.#full) return;
    this.#full = false;
    this.#events.onDrained();
  }

  #left(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#events.onLeft();
  }
}
