/**
 * What a call's client is given, and its observers with it: an answer in one piece, or a stream that
 * is held back before its last event until the call is on record. It knows nothing of the provider.
 *
 * @module
 */
import type { AppError } from "../error.ts";
import { answerHead } from "./answer_head.ts";
import type { Answer, Call } from "./call.ts";
import { type ClientEvents, ClientStream } from "./client_stream.ts";
import { CommitGate } from "./commit_gate.ts";
import { formats } from "./formats/table.ts";
import { type Observer, tell } from "./observers.ts";
import type { Head } from "./plan.ts";

export interface ReplyPorts {
  readonly now: () => number;
  /** Whether the answer's end waits for the commit. */
  readonly strict: boolean;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export class Reply {
  readonly #call: Call;
  readonly #ports: ReplyPorts;
  readonly #events: ClientEvents;
  readonly #result = Promise.withResolvers<Response>();
  #client: ClientStream | null = null;
  #gate: CommitGate | null = null;

  constructor(call: Call, ports: ReplyPorts, events: ClientEvents) {
    this.#call = call;
    this.#ports = ports;
    this.#events = events;
  }

  get response(): Promise<Response> {
    return this.#result.promise;
  }

  /** Bytes that are held until `flush()`. */
  get heldBytes(): number {
    return this.#gate?.heldBytes ?? 0;
  }

  /** Whether the last event came, whole; it is held. */
  get complete(): boolean {
    return this.#gate?.complete ?? false;
  }

  // --- in one piece ---

  whole(head: Head, status: number, body: Uint8Array<ArrayBuffer> | null, usd: string | null) {
    const headers = answerHead(this.#call, head.raw, { withLength: true, now: this.#ports.now() });
    if (usd !== null) headers.set("x-watchllm-cost-usd", usd);
    this.#result.resolve(new Response(body ?? this.#unsaid(head), { status, headers }));
    this.#tell((observer) => observer.onHead(head));
    if (body) this.#tell((observer) => observer.onChunk(body));
    this.#tellLast((observer) => observer.onEnd());
  }

  /** The server would give a length of 0 to what has no body; a head may leave the length open. */
  #unsaid({ status, contentLength }: Head): ReadableStream<Uint8Array> | null {
    if (this.#call.method !== "HEAD" || contentLength !== null) return null;
    if ([204, 205, 304].includes(status)) return null;
    return new ReadableStream({ start: (controller) => controller.close() });
  }

  // --- as it comes ---

  /** @param toClient false when the client has left and only observers are told */
  start(head: Head, answer: Answer, toClient: boolean): void {
    const { route, target } = this.#call;
    // Events can only be told apart in a stream that is not compressed.
    const readable = answer.coding === null && answer.contentType?.includes("event-stream");
    const stripUsage = target?.stripUsage === true && readable === true;
    const { lastLines } = formats[route.operation.format];
    const held = this.#ports.strict && readable ? lastLines : [];
    this.#gate = new CommitGate({ stripUsage, lastLines: held });
    if (toClient) {
      this.#client = new ClientStream(this.#events);
      const headers = answerHead(this.#call, head.raw, {
        withLength: !stripUsage,
        now: this.#ports.now(),
      });
      this.#result.resolve(new Response(this.#client.body, { status: answer.status, headers }));
    }
    this.#tell((observer) => observer.onHead(head));
  }

  /** Hands on what may go on now; gives how many bytes the client got. */
  pass(chunk: Uint8Array): number {
    const bytes = this.#gate?.push(chunk) ?? null;
    return bytes !== null && this.#give(bytes) ? bytes.length : 0;
  }

  /** No more bytes come: what is left is held too. */
  holdRest(): void {
    this.#gate?.end();
  }

  /** Hands on what was held. Nothing is held any more. */
  flush(): void {
    for (const piece of this.#gate?.release() ?? []) this.#give(piece);
  }

  close(): void {
    this.#client?.close();
    this.#tellLast((observer) => observer.onEnd());
  }

  /** Ends the answer so that the client can tell that it is not whole. */
  breakOff(error: AppError): void {
    this.#client?.breakOff(error);
    this.#tellLast((observer) => observer.onBroken(error));
  }

  // --- none of both ---

  /** Leaves the answer to the gateway. */
  fail(error: AppError): void {
    this.#result.reject(error);
    this.#tellLast((observer) => observer.onBroken(error));
  }

  /** The client left before it was answered: nobody reads it, the server wants one all the same. */
  resolveUnread(): void {
    this.#result.resolve(new Response(null, { status: 499 }));
  }

  /** Nobody waits for the answer any more. */
  abandon(): void {
    this.#tellLast((observer) => observer.onBroken(null));
  }

  /** False when the client did not get them. */
  #give(bytes: Uint8Array): boolean {
    const given = this.#client?.offer(bytes) ?? false;
    this.#tell((observer) => observer.onChunk(bytes));
    return given;
  }

  #tell(what: (observer: Observer) => void): void {
    if (this.#call.observers.length > 0) tell(this.#call.observers, this.#ports.warn, what);
  }

  #tellLast(what: (observer: Observer) => void): void {
    this.#tell(what);
    this.#call.observers.length = 0;
  }
}
