/**
 * Stage: the exchange with the provider. The client gets the provider's bytes as they come; a copy is
 * kept for the record. With strict durability the answer's end waits until its event is committed.
 *
 * @module
 */
import type { ClientRequest, IncomingMessage } from "node:http";
import { AppError } from "../error.ts";
import type { Answer, Call, Stage, Target } from "./call.ts";
import { Capture } from "./capture.ts";
import type { Deadline, Deadlines } from "./deadlines.ts";
import { codingOf } from "./decompress.ts";
import { formats } from "./formats/table.ts";
import { answerHeaders } from "./headers.ts";
import { LastLine } from "./last_line.ts";
import { type Finished, keptBytes, type Recorder } from "./record.ts";
import type { Upstream } from "./upstream.ts";
import { UsageFilter } from "./usage_filter.ts";

export interface ForwardPorts {
  readonly upstream: Upstream;
  readonly recorder: Recorder;
  readonly deadlines: Deadlines;
  readonly now: () => number;
  /** How long the provider may stay silent, in milliseconds. */
  readonly timeout: number;
  /** Whether an answer's end waits for the commit. */
  readonly strict: boolean;
  /** Answers that are being streamed; each takes itself out when it is over. */
  readonly streams: Set<unknown>;
}

/** A whole JSON answer up to this size is sent in one piece, with its cost in a header. */
const wholeBytes = 64 * 1024;
/** How long the head of a JSON answer waits for its body, in milliseconds. */
const wholeWait = 4;
/** Chunks that may wait for a slow client before the provider is slowed down. */
const chunksAhead = 16;

export function forward(ports: ForwardPorts): Stage {
  return function forwardCall(call) {
    if (!call.target) throw new Error("The call has no target: choose it first");
    return new Exchange(call, call.target, ports).run();
  };
}

/** The way that the client is being answered. */
type Mode = "waiting" | "whole" | "stream" | "empty" | "over";

class Exchange {
  readonly #call: Call;
  readonly #target: Target;
  readonly #ports: ForwardPorts;
  readonly #result = Promise.withResolvers<Response>();
  readonly #deadline: Deadline;
  #mode: Mode = "waiting";
  #sent: ClientRequest | null = null;
  #retried = false;
  #incoming: IncomingMessage | null = null;
  #answer: Answer | null = null;
  #headers: Headers | null = null;
  /** Chunks of a small JSON answer until it is whole. */
  #collected: Uint8Array[] = [];
  #wait: ReturnType<typeof setTimeout> | undefined;

  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #open = false;
  #paused = false;
  #filter: UsageFilter | null = null;
  #lastLine: LastLine | null = null;
  /** Pieces that wait for the commit, once the last event was seen. */
  #held: Uint8Array[] | null = null;
  #committed = false;
  #upstreamEnded = false;
  /** What broke the provider's side after its last event, until the commit. */
  #broken: AppError | null = null;

  constructor(call: Call, target: Target, ports: ForwardPorts) {
    this.#call = call;
    this.#target = target;
    this.#ports = ports;
    this.#deadline = ports.deadlines.start(ports.timeout, this.#onSilence);
  }

  run(): Promise<Response> {
    this.#call.request.signal.addEventListener("abort", this.#onClientGone);
    if (this.#call.request.signal.aborted) this.#onClientGone();
    else this.#send();
    return this.#result.promise;
  }

  #send(): void {
    this.#call.sentAt ??= this.#ports.now();
    try {
      this.#sent = this.#ports.upstream.send(this.#call.method, this.#target, {
        onAnswer: (incoming) => this.#onAnswer(incoming),
        onError: (error) => this.#onSendError(error),
      });
    } catch (error) {
      // A path or header that cannot be written on the wire.
      this.#fail(new AppError("bad_request", undefined, { cause: error }));
    }
  }

  #onSendError(error: Error): void {
    // The provider closed a kept connection at the moment we used it: nothing was processed.
    const stale = this.#sent?.reusedSocket === true && !this.#retried && isReset(error);
    if (stale && this.#mode === "waiting" && !this.#call.answer) {
      this.#retried = true;
      this.#send();
      return;
    }
    this.#onUpstreamError(error);
  }

  // --- the provider's answer ---

  #onAnswer(incoming: IncomingMessage): void {
    if (this.#mode === "over") {
      incoming.destroy();
      return;
    }
    const status = incoming.statusCode ?? 0;
    if (status < 200 || status > 599) {
      this.#fail(new AppError("upstream_broken", { status }));
      return;
    }
    this.#deadline.touch();
    this.#incoming = incoming;
    this.#answer = this.#call.answer = {
      status,
      contentType: incoming.headers["content-type"] ?? null,
      coding: codingOf(incoming.headers["content-encoding"]),
      capture: new Capture(keptBytes),
      firstByteAt: null,
      sentBytes: 0,
    };
    this.#chooseMode(this.#answer, incoming);
    incoming.on("data", (chunk: Uint8Array) => this.#onData(chunk));
    incoming.on("end", () => this.#onEnd());
    incoming.on("error", (error: Error) => this.#onUpstreamError(error));
    incoming.on("close", () => this.#onClose());
  }

  #chooseMode(answer: Answer, incoming: IncomingMessage): void {
    const empty = this.#call.method === "HEAD" || [204, 205, 304].includes(answer.status);
    if (empty) {
      this.#mode = "empty";
      return;
    }
    const length = Number(incoming.headers["content-length"] ?? 0);
    if (answer.contentType?.includes("json") && length <= wholeBytes) {
      this.#mode = "whole";
      // Nearly always the body came with the head. If not, the client need not wait for it.
      setImmediate(() => this.#expectRest());
      return;
    }
    this.#startStream();
  }

  #expectRest(): void {
    if (this.#mode !== "whole" || this.#upstreamEnded) return;
    this.#wait = setTimeout(() => {
      if (this.#mode === "whole" && !this.#upstreamEnded) this.#startStream();
    }, wholeWait);
  }

  #onData(chunk: Uint8Array): void {
    const answer = this.#answer;
    if (!answer || this.#mode === "over") return;
    answer.firstByteAt ??= this.#ports.now();
    this.#deadline.touch();
    if (!this.#call.recorded) answer.capture.push(chunk);
    if (this.#mode === "stream") {
      this.#pass(chunk);
      return;
    }
    this.#collected.push(chunk);
    if (answer.capture.total > wholeBytes) this.#startStream();
  }

  #onEnd(): void {
    if (this.#upstreamEnded || this.#mode === "over") return;
    this.#upstreamEnded = true;
    this.#deadline.cancel();
    clearTimeout(this.#wait);
    if (this.#mode === "stream") this.#endStream();
    else this.#answerWhole();
  }

  #onClose(): void {
    // Closed without an end: the provider's connection broke.
    if (!this.#upstreamEnded) this.#onUpstreamError(new Error("Connection closed"));
  }

  // --- answering in one piece ---

  #answerWhole(): void {
    const { recorder, strict } = this.#ports;
    const finished = recorder.finish(this.#call, { how: "answered", status: this.#status() });
    this.#call.recorded = true;
    if (finished instanceof Promise) {
      finished.then((event) => this.#respondWhole(event, strict));
    } else this.#respondWhole(finished, strict);
  }

  #respondWhole(event: Finished, strict: boolean): void {
    const body = this.#mode === "empty" ? null : joined(this.#collected);
    // The answer's bytes are what the client is sent from here on, whether it still listens or not.
    event.draft.data.response_bytes = body?.length ?? 0;
    const appended = this.#ports.recorder.append(event);
    const { usd } = event.draft.data.cost;
    const respond = () => {
      const headers = this.#makeHeaders(true);
      if (usd !== null) headers.set("x-watchllm-cost-usd", usd);
      this.#settle(new Response(body, { status: this.#status(), headers }));
    };
    if (strict) appended.then(respond);
    else respond();
  }

  // --- answering as it comes ---

  #startStream(): void {
    clearTimeout(this.#wait);
    const { answer, target } = { answer: this.#answer, target: this.#target };
    const isEvents = answer?.contentType?.includes("event-stream") ?? false;
    if (target.stripUsage && isEvents && answer?.coding === null) this.#filter = new UsageFilter();
    if (this.#ports.strict && isEvents && answer?.coding === null) {
      this.#lastLine = new LastLine(formats[this.#call.route.operation.format].lastLines);
    }
    this.#mode = "stream";
    this.#open = true;
    this.#ports.streams.add(this);
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#resume(),
      cancel: () => this.#onClientGone(),
    }, { highWaterMark: chunksAhead });
    this.#respond(
      new Response(body, {
        status: this.#status(),
        headers: this.#makeHeaders(this.#filter === null),
      }),
    );
    for (const chunk of this.#collected) this.#pass(chunk);
    this.#collected = [];
  }

  #pass(chunk: Uint8Array): void {
    const bytes = this.#filter ? this.#filter.push(chunk) : chunk;
    if (bytes === null) return;
    if (this.#held) {
      this.#held.push(bytes);
      return;
    }
    if (!this.#lastLine || this.#committed || !this.#lastLine.push(bytes)) {
      this.#enqueue(bytes);
      return;
    }
    // The client takes this event for the end: it goes out once the call is on record.
    this.#held = [bytes];
    this.#lastLine = null;
    if (endsEvent(bytes)) this.#record();
  }

  #endStream(): void {
    const rest = this.#filter?.end() ?? null;
    if (this.#committed) {
      if (rest) this.#enqueue(rest);
      this.#close();
      return;
    }
    if (rest) (this.#held ??= []).push(rest);
    if (!this.#call.recorded) this.#record();
  }

  /** Writes the event; what is held, and the end, follow after the commit. */
  #record(): void {
    const { recorder, strict } = this.#ports;
    for (const piece of this.#held ?? []) this.#countSent(piece);
    const finished = recorder.finish(this.#call, { how: "answered", status: this.#status() });
    this.#call.recorded = true;
    const appended = finished instanceof Promise
      ? finished.then((event) => recorder.append(event))
      : recorder.append(finished);
    if (strict) appended.then(() => this.#afterCommit());
    else this.#afterCommit();
  }

  #afterCommit(): void {
    this.#committed = true;
    for (const piece of this.#held ?? []) this.#enqueue(piece, true);
    this.#held = null;
    if (this.#broken) this.#breakOff(this.#broken);
    else if (this.#upstreamEnded) this.#close();
  }

  #countSent(bytes: Uint8Array): void {
    if (this.#answer) this.#answer.sentBytes += bytes.length;
  }

  #enqueue(bytes: Uint8Array, counted = false): void {
    if (!this.#offer(bytes)) return;
    if (!counted) this.#countSent(bytes);
    if ((this.#controller?.desiredSize ?? 1) > 0 || this.#paused) return;
    this.#paused = true;
    // The silence that follows is the client's, not the provider's.
    this.#deadline.pause();
    this.#incoming?.pause();
  }

  /** Hands bytes to the client if it is still there. */
  #offer(bytes: Uint8Array): boolean {
    if (!this.#open || !this.#controller) return false;
    try {
      this.#controller.enqueue(bytes);
      return true;
    } catch {
      // The server closed the stream without telling us: an exception here would end the process.
      this.#onClientGone();
      return false;
    }
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (!this.#upstreamEnded) this.#deadline.touch();
    this.#incoming?.resume();
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#mode = "over";
    this.#release();
    this.#controller?.close();
  }

  // --- what goes wrong ---

  readonly #onSilence = (): void => {
    this.#fail(new AppError("upstream_timeout", { timeout_ms: this.#ports.timeout }));
  };

  #onUpstreamError(error: Error): void {
    const code = this.#answer ? "upstream_broken" : "upstream_refused";
    this.#fail(new AppError(code, { reason: reasonOf(error) }, { cause: error }));
  }

  /** The provider's side failed: an error answer if the client has none yet, else a broken stream. */
  #fail(error: AppError): void {
    if (this.#mode === "over" || this.#upstreamEnded) return;
    const answered = this.#mode === "stream";
    this.#stop();
    if (!answered) {
      this.#result.reject(error);
      return;
    }
    if (this.#committed) this.#breakOff(error);
    // What broke after the last event waits, as the end would have, for the commit.
    else if (this.#call.recorded) this.#broken = error;
    else {
      this.#recordEnding(
        { how: "failed", status: this.#status(), error },
        () => this.#breakOff(error),
      );
    }
  }

  /** Ends the client's connection without a proper end, so that it can tell. */
  #breakOff(error: AppError): void {
    for (const piece of this.#held ?? []) this.#offer(piece);
    this.#held = null;
    if (!this.#open) return;
    this.#open = false;
    this.#controller?.error(error);
  }

  readonly #onClientGone = (): void => {
    // Also when the provider's side is over and the commit is awaited: nothing may be offered any more.
    this.#open = false;
    if (this.#mode === "over") return;
    const answered = this.#mode === "stream";
    this.#stop();
    if (!this.#call.recorded) {
      this.#recordEnding({ how: "left", status: answered ? this.#status() : null });
    }
    // Nobody reads it; the server wants one all the same.
    if (!answered) this.#respond(new Response(null, { status: 499 }));
  };

  #recordEnding(ending: Parameters<Recorder["finish"]>[1], then: () => void = () => {}): void {
    const { recorder, strict } = this.#ports;
    const finished = recorder.finish(this.#call, ending);
    this.#call.recorded = true;
    const appended = Promise.resolve(finished).then((event) => recorder.append(event));
    if (strict) appended.then(then);
    else then();
  }

  /** Ends the upstream side at once. */
  #stop(): void {
    this.#mode = "over";
    clearTimeout(this.#wait);
    this.#release();
    this.#incoming?.destroy();
    this.#sent?.destroy();
  }

  #release(): void {
    this.#ports.streams.delete(this);
    this.#deadline.cancel();
    this.#call.request.signal.removeEventListener("abort", this.#onClientGone);
  }

  // --- answering ---

  #settle(response: Response): void {
    this.#mode = "over";
    this.#release();
    this.#respond(response);
  }

  #respond(response: Response): void {
    this.#result.resolve(response);
  }

  #status(): number {
    return this.#answer?.status ?? 502;
  }

  #makeHeaders(withLength: boolean): Headers {
    if (this.#headers) return this.#headers;
    const { id, provider, started, sentAt, bodyWait } = this.#call;
    const headers = answerHeaders(this.#incoming?.rawHeaders ?? [], withLength);
    headers.set("x-watchllm-event-id", id);
    headers.set("x-watchllm-cache", "BYPASS");
    headers.set("x-watchllm-provider", provider?.name ?? "");
    const sent = sentAt ?? started;
    const own = sent - started - bodyWait;
    const upstream = this.#ports.now() - sent;
    headers.append(
      "server-timing",
      `gateway;dur=${own.toFixed(2)}, upstream;dur=${upstream.toFixed(2)}`,
    );
    return this.#headers = headers;
  }
}

function isReset(error: Error & { code?: string }): boolean {
  return error.code === "ECONNRESET" || error.code === "EPIPE" ||
    error.message === "socket hang up";
}

/** A short reason that names no address and holds nothing of the request. */
function reasonOf(error: Error & { code?: string }): string {
  return error.code ?? error.message.split("\n")[0]?.slice(0, 100) ?? "unknown";
}

function endsEvent(bytes: Uint8Array): boolean {
  const end = bytes.length;
  if (bytes[end - 1] !== 10) return false;
  return bytes[end - 2] === 10 || (bytes[end - 2] === 13 && bytes[end - 3] === 10);
}

function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
