/**
 * Stage: the exchange with the provider. The client gets the provider's bytes as they come; a copy is
 * kept for the record. With strict durability the answer's end waits until its event is committed.
 *
 * @module
 */
import type { ClientRequest, IncomingMessage } from "node:http";
import { AppError } from "../error.ts";
import { answerHead } from "./answer_head.ts";
import type { Answer, Call, Stage, Target } from "./call.ts";
import { Capture } from "./capture.ts";
import { ClientStream } from "./client_stream.ts";
import { CommitGate } from "./commit_gate.ts";
import type { Deadline, Deadlines } from "./deadlines.ts";
import { codingOf } from "./decompress.ts";
import { formats } from "./formats/table.ts";
import { type Ending, type Finished, keptBytes, type Recorder } from "./record.ts";
import { isStaleConnection, reasonOf, type Upstream } from "./upstream.ts";

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
  #upstreamEnded = false;
  /** Chunks of a small JSON answer until it is whole. */
  #collected: Uint8Array[] = [];
  #wait: ReturnType<typeof setTimeout> | undefined;

  #client: ClientStream | null = null;
  #gate: CommitGate | null = null;
  #committed = false;
  /** What broke the provider's side after its last event, until the commit. */
  #broken: AppError | null = null;

  constructor(call: Call, target: Target, ports: ForwardPorts) {
    this.#call = call;
    this.#target = target;
    this.#ports = ports;
    this.#deadline = ports.deadlines.start(ports.timeout, this.#onSilence);
  }

  run(): Promise<Response> {
    const { signal } = this.#call.request;
    signal.addEventListener("abort", this.#onClientLeft);
    if (signal.aborted) this.#onClientLeft();
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
    const again = !this.#retried && this.#mode === "waiting" && this.#sent !== null &&
      isStaleConnection(this.#sent, error);
    if (!again) return this.#onUpstreamError(error);
    this.#retried = true;
    this.#send();
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
    const answer = this.#call.answer = {
      status,
      contentType: incoming.headers["content-type"] ?? null,
      coding: codingOf(incoming.headers["content-encoding"]),
      capture: new Capture(keptBytes),
      firstByteAt: null,
      sentBytes: 0,
    };
    this.#chooseMode(answer, incoming);
    incoming.on("data", (chunk: Uint8Array) => this.#onData(chunk));
    incoming.on("end", () => this.#onEnd());
    incoming.on("error", (error: Error) => this.#onUpstreamError(error));
    // Closed without an end: the provider's connection broke.
    incoming.on("close", () => {
      if (!this.#upstreamEnded) this.#onUpstreamError(new Error("Connection closed"));
    });
  }

  #chooseMode(answer: Answer, incoming: IncomingMessage): void {
    if (this.#call.method === "HEAD" || [204, 205, 304].includes(answer.status)) {
      this.#mode = "empty";
      return;
    }
    const length = Number(incoming.headers["content-length"] ?? 0);
    if (!answer.contentType?.includes("json") || length > wholeBytes) {
      this.#startStream(answer);
      return;
    }
    this.#mode = "whole";
    // Nearly always the body came with the head. If not, the client need not wait for it.
    setImmediate(() => {
      if (this.#mode !== "whole" || this.#upstreamEnded) return;
      this.#wait = setTimeout(() => {
        if (this.#mode === "whole" && !this.#upstreamEnded) this.#startStream(answer);
      }, wholeWait);
    });
  }

  #onData(chunk: Uint8Array): void {
    const { answer } = this.#call;
    if (!answer || this.#mode === "over") return;
    answer.firstByteAt ??= this.#ports.now();
    this.#deadline.touch();
    if (!this.#call.recorded) answer.capture.push(chunk);
    if (this.#mode === "stream") {
      this.#pass(chunk, answer);
      return;
    }
    this.#collected.push(chunk);
    if (answer.capture.total > wholeBytes) this.#startStream(answer);
  }

  #onEnd(): void {
    if (this.#upstreamEnded || this.#mode === "over") return;
    this.#upstreamEnded = true;
    this.#deadline.cancel();
    clearTimeout(this.#wait);
    if (this.#mode === "stream") this.#endStream();
    else this.#answerWhole();
  }

  // --- answering in one piece ---

  #answerWhole(): void {
    const finished = this.#finish({ how: "answered", status: this.#status() });
    if (finished instanceof Promise) finished.then((event) => this.#respondWhole(event));
    else this.#respondWhole(finished);
  }

  #respondWhole(event: Finished): void {
    const body = this.#mode === "empty" ? null : joined(this.#collected);
    event.draft.data.response_bytes = body?.length ?? 0;
    const appended = this.#ports.recorder.append(event);
    const { usd } = event.draft.data.cost;
    const respond = () => {
      const headers = this.#head(true);
      if (usd !== null) headers.set("x-watchllm-cost-usd", usd);
      this.#mode = "over";
      this.#release();
      this.#result.resolve(new Response(body, { status: this.#status(), headers }));
    };
    if (this.#ports.strict) appended.then(respond);
    else respond();
  }

  // --- answering as it comes ---

  #startStream(answer: Answer): void {
    clearTimeout(this.#wait);
    const { strict, streams } = this.#ports;
    // Events can only be told apart in a stream that is not compressed.
    const readable = answer.coding === null && answer.contentType?.includes("event-stream");
    const stripUsage = this.#target.stripUsage && readable === true;
    const { lastLines } = formats[this.#call.route.operation.format];
    this.#gate = new CommitGate({ stripUsage, lastLines: strict && readable ? lastLines : [] });
    this.#client = new ClientStream({
      onFull: () => {
        // The silence that follows is the client's, not the provider's.
        this.#deadline.pause();
        this.#incoming?.pause();
      },
      onDrained: () => {
        if (!this.#upstreamEnded && this.#mode === "stream") this.#deadline.touch();
        this.#incoming?.resume();
      },
      onLeft: this.#onClientLeft,
    });
    this.#mode = "stream";
    streams.add(this);
    this.#result.resolve(
      new Response(this.#client.body, { status: answer.status, headers: this.#head(!stripUsage) }),
    );
    for (const chunk of this.#collected) this.#pass(chunk, answer);
    this.#collected = [];
  }

  #pass(chunk: Uint8Array, answer: Answer): void {
    const bytes = this.#gate?.push(chunk) ?? null;
    if (bytes !== null && this.#client?.offer(bytes)) answer.sentBytes += bytes.length;
    // The client takes this event for the end: it goes out once the call is on record.
    if (this.#gate?.complete && !this.#call.recorded) this.#record();
  }

  #endStream(): void {
    this.#gate?.end();
    if (this.#committed) this.#afterCommit();
    else if (!this.#call.recorded) this.#record();
  }

  /** Writes the event; what is held, and the end, follow after the commit. */
  #record(): void {
    const { recorder, strict } = this.#ports;
    if (this.#call.answer) this.#call.answer.sentBytes += this.#gate?.heldBytes ?? 0;
    const finished = this.#finish({ how: "answered", status: this.#status() });
    const appended = finished instanceof Promise
      ? finished.then((event) => recorder.append(event))
      : recorder.append(finished);
    if (strict) appended.then(() => this.#afterCommit());
    else this.#afterCommit();
  }

  #afterCommit(): void {
    this.#committed = true;
    this.#flush();
    if (this.#broken) this.#client?.breakOff(this.#broken);
    else if (this.#upstreamEnded) this.#closeClient();
  }

  #flush(): void {
    for (const piece of this.#gate?.release() ?? []) this.#client?.offer(piece);
  }

  #closeClient(): void {
    this.#mode = "over";
    this.#release();
    this.#client?.close();
  }

  // --- what goes wrong ---

  readonly #onSilence = (): void => {
    this.#fail(new AppError("upstream_timeout", { timeout_ms: this.#ports.timeout }));
  };

  #onUpstreamError(error: Error): void {
    const code = this.#call.answer ? "upstream_broken" : "upstream_refused";
    this.#fail(new AppError(code, { reason: reasonOf(error) }, { cause: error }));
  }

  /** The provider's side failed: an error answer if the client has none yet, else a broken stream. */
  #fail(error: AppError): void {
    if (this.#mode === "over" || this.#upstreamEnded) return;
    const answered = this.#mode === "stream";
    this.#stop();
    if (!answered) this.#result.reject(error);
    else if (this.#committed) this.#client?.breakOff(error);
    // What broke after the last event waits, as the end would have, for the commit.
    else if (this.#call.recorded) this.#broken = error;
    else {
      this.#recordEnding({ how: "failed", status: this.#status(), error }, () => {
        this.#flush();
        this.#client?.breakOff(error);
      });
    }
  }

  readonly #onClientLeft = (): void => {
    if (this.#mode === "over") return;
    const answered = this.#mode === "stream";
    this.#stop();
    if (!this.#call.recorded) {
      this.#recordEnding({ how: "left", status: answered ? this.#status() : null });
    }
    // Nobody reads it; the server wants one all the same.
    if (!answered) this.#result.resolve(new Response(null, { status: 499 }));
  };

  #recordEnding(ending: Ending, then: () => void = () => {}): void {
    const { recorder, strict } = this.#ports;
    const appended = Promise.resolve(this.#finish(ending)).then((event) => recorder.append(event));
    if (strict) appended.then(then);
    else then();
  }

  #finish(ending: Ending): Finished | Promise<Finished> {
    const finished = this.#ports.recorder.finish(this.#call, ending);
    this.#call.recorded = true;
    return finished;
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
    this.#call.request.signal.removeEventListener("abort", this.#onClientLeft);
  }

  #status(): number {
    return this.#call.answer?.status ?? 502;
  }

  #head(withLength: boolean): Headers {
    const raw = this.#incoming?.rawHeaders ?? [];
    return answerHead(this.#call, raw, { withLength, now: this.#ports.now() });
  }
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
