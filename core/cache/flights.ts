/**
 * Calls on their way that others wait for: identical requests at one time make one call. Those who come
 * late get what has passed, then follow.
 *
 * @module
 */
import type { AppError } from "../error.ts";

/** An answer as it is passed on; exactly one of `onEnd` and `onBroken` comes, last. */
export interface Listener<Head> {
  onHead(head: Head): void;
  onChunk(bytes: Uint8Array): void;
  onEnd(): void;
  /** Null: it was given up without a failure. */
  onBroken(error: AppError | null): void;
}

/** Bytes of an answer up to which late comers may join. */
const mostKept = 10 * 1024 * 1024;

/** What became of a call that others wait for, before its answer. */
export type Begun = "upstream" | "elsewhere";

export class Flight<Head, Facts> implements Listener<Head> {
  /** What is known of the answer once it came to its end; set before those who follow are told of it. */
  facts: Facts | null = null;
  readonly #begun = Promise.withResolvers<Begun>();
  readonly #followers = new Set<Listener<Head>>();
  readonly #onOver: () => void;
  #head: Head | null = null;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #over = false;
  #stop: (() => void) | null = null;

  constructor(onOver: () => void) {
    this.#onOver = onOver;
  }

  /** `upstream` once the provider is called: join it. `elsewhere` when the answer came otherwise. */
  get begun(): Promise<Begun> {
    return this.#begun.promise;
  }

  get over(): boolean {
    return this.#over;
  }

  /** The provider is being called. */
  takeOff(): void {
    this.#begun.resolve("upstream");
  }

  /** It is not: those who wait must see for themselves. */
  callOff(): void {
    if (this.#over) return;
    this.#end();
    this.#begun.resolve("elsewhere");
  }

  /** Gives what has passed, then what comes. False when it is too late for that. */
  join(follower: Listener<Head>): boolean {
    if (this.#over || this.#bytes > mostKept) return false;
    this.#followers.add(follower);
    if (this.#head !== null) follower.onHead(this.#head);
    for (const chunk of this.#chunks) follower.onChunk(chunk);
    return true;
  }

  /** A follower does not wait any more. */
  leave(follower: Listener<Head>): void {
    this.#followers.delete(follower);
    if (this.#followers.size === 0) this.#stop?.();
  }

  // --- who waits, as the exchange asks ---

  wanted(): boolean {
    return this.#followers.size > 0;
  }

  whenDeserted(stop: () => void): void {
    this.#stop = stop;
    if (this.#followers.size === 0) stop();
  }

  // --- the answer ---

  onHead(head: Head): void {
    this.#head = head;
    for (const follower of [...this.#followers]) follower.onHead(head);
  }

  onChunk(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#bytes > mostKept) this.#chunks = [];
    else this.#chunks.push(bytes);
    for (const follower of [...this.#followers]) follower.onChunk(bytes);
  }

  onEnd(): void {
    const followers = this.#end();
    for (const follower of followers) follower.onEnd();
  }

  onBroken(error: AppError | null): void {
    if (this.#over) return;
    const followers = this.#end();
    this.#begun.resolve("elsewhere");
    for (const follower of followers) follower.onBroken(error);
  }

  #end(): Listener<Head>[] {
    const followers = [...this.#followers];
    this.#over = true;
    this.#followers.clear();
    this.#chunks = [];
    this.#onOver();
    return followers;
  }
}

/** The flights of one process, by key. */
export class Flights<Head, Facts> {
  readonly #flights = new Map<string, Flight<Head, Facts>>();

  get(key: string): Flight<Head, Facts> | undefined {
    return this.#flights.get(key);
  }

  begin(key: string): Flight<Head, Facts> {
    const flight: Flight<Head, Facts> = new Flight(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    this.#flights.set(key, flight);
    return flight;
  }

  get size(): number {
    return this.#flights.size;
  }
}
