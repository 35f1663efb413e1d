/**
 * One call's exchange with the provider. Decides in which way the answer of its attempts is given, and
 * has the call recorded. The provider's bytes go on as they come, while a copy is kept for the record.
 *
 * Guarantees: one terminal event; with strict durability the answer's end waits until it is committed;
 * the provider is let go at once when the client leaves, unless the call has an audience.
 *
 * @module
 */
import type { AppError } from "../error.ts";
import { answerOf, notePace } from "./answer.ts";
import { Attempts, type AttemptsPorts } from "./attempts.ts";
import type { Answer, Call } from "./call.ts";
import type { Ending } from "./ending.ts";
import { joined } from "./joined.ts";
import type { Head, Outcome, Step } from "./plan.ts";
import type { Finished, Recorder } from "./record.ts";
import { Reply } from "./reply.ts";

export interface ExchangePorts extends AttemptsPorts {
  readonly recorder: Recorder;
  /** Whether an answer's end waits for the commit. */
  readonly strict: boolean;
  /** Answers that are being streamed; each takes itself out when it is over. */
  readonly streams: Set<unknown>;
}

/** A whole JSON answer up to this size is sent in one piece, with its cost in a header. */
const wholeBytes = 64 * 1024;
/** How long the head of a JSON answer waits for its body, in milliseconds. */
const wholeWait = 4;

/**
 * What is done with the answer: nothing yet; `judged`: collected for the plan, which needs its body;
 * `whole`: collected to be sent in one piece; `held`: not begun before its first byte; `stream`:
 * passed on; `empty`: it has no body; `over`: the exchange ended.
 */
type Mode = "waiting" | "judged" | "whole" | "held" | "stream" | "empty" | "over";

export class Exchange {
  readonly #call: Call;
  readonly #ports: ExchangePorts;
  readonly #reply: Reply;
  readonly #attempts: Attempts;
  readonly #first: Step;
  #mode: Mode = "waiting";
  /** Stands for it among the open streams: a set that grows keeps what was in it for a while. */
  readonly #token = {};
  #head: Head | null = null;
  #upstreamEnded = false;
  /** Chunks until the answer begins. */
  #collected: Uint8Array[] = [];
  /** For a body that is late. */
  #wait: ReturnType<typeof setTimeout> | undefined;

  /** How the call will have ended for a client that left while others wait for the answer. */
  #left: Ending | null = null;
  #committed = false;
  /** What broke the provider's side after its last event, until the commit. */
  #broken: AppError | null = null;

  constructor(call: Call, first: Step, ports: ExchangePorts) {
    this.#call = call;
    this.#first = first;
    this.#ports = ports;
    this.#attempts = new Attempts(call, ports, {
      onHead: (head) => this.#onHead(head),
      onChunk: (chunk) => this.#onChunk(chunk),
      onEnd: () => this.#onEnd(),
      onFailure: (error) => this.#onFailure(error),
    });
    this.#reply = new Reply(call, ports, {
      onFull: () => {
        // Others need not wait for a client that cannot keep up.
        if (!call.audience?.wanted()) this.#attempts.pause();
      },
      onDrained: () => this.#attempts.resume(),
      onLeft: () => this.#onClientGone(null),
    });
  }

  run(): Promise<Response> {
    this.#call.client.watch(this.#onClientGone);
    if (this.#mode !== "over") {
      this.#call.audience?.takeOff();
      this.#attempts.make(this.#first);
    }
    return this.#reply.response;
  }

  // --- the provider's answer ---

  #onHead(head: Head): void {
    const judged = this.#attempts.wantsBody(head);
    if (!judged && this.#triesAgain({ kind: "answered", head, body: null })) return;
    this.#head = head;
    this.#call.answer = answerOf(head, this.#attempts.original);
    if (judged) this.#mode = "judged";
    else this.#begin(head);
  }

  #begin(head: Head): void {
    if (this.#call.method === "HEAD" || [204, 205, 304].includes(head.status)) {
      this.#mode = "empty";
    } else if (!head.contentType?.includes("json") || (head.contentLength ?? 0) > wholeBytes) {
      this.#mode = "held";
      this.#startStreamUnlessHeld();
    } else {
      this.#mode = "whole";
      // Nearly always the body came with the head. If not, the client need not wait for it.
      queueMicrotask(() => {
        if (this.#mode === "whole" && !this.#upstreamEnded) {
          this.#wait = setTimeout(() => this.#onLate(), wholeWait);
        }
      });
    }
  }

  #onLate(): void {
    if (this.#mode !== "whole" || this.#upstreamEnded) return;
    this.#mode = "held";
    this.#startStreamUnlessHeld();
  }

  /** A plan may still leave a provider that sent a head and then nothing. */
  #startStreamUnlessHeld(): void {
    if (!this.#call.plan || this.#collected.length > 0) this.#startStream();
  }

  #onChunk(chunk: Uint8Array): void {
    const { answer } = this.#call;
    // A 205 may bring bytes all the same: they are nobody's.
    if (!answer || this.#mode === "empty") return;
    notePace(answer, this.#ports.now());
    if (!this.#call.recorded) answer.capture.push(chunk);
    if (this.#mode === "stream") {
      this.#pass(chunk, answer);
      return;
    }
    this.#collected.push(chunk);
    if (this.#mode === "held") this.#startStream();
    else if (answer.capture.total > wholeBytes) this.#onLarge();
  }

  #onLarge(): void {
    if (this.#mode !== "judged" || !this.#isJudgedAgain()) this.#startStream();
  }

  #onEnd(): void {
    this.#upstreamEnded = true;
    clearTimeout(this.#wait);
    if (this.#mode === "stream") this.#endStream();
    else if (this.#mode !== "judged" || !this.#isJudgedAgain()) this.#answerWhole();
  }

  #isJudgedAgain(): boolean {
    const body = joined(this.#collected).subarray(0, wholeBytes);
    return this.#head !== null && this.#triesAgain({ kind: "answered", head: this.#head, body });
  }

  /** The one place where a call gets another attempt: its client was given nothing yet. */
  #triesAgain(outcome: Outcome): boolean {
    const step = this.#attempts.next(outcome);
    if (!step) return false;
    this.#attempts.abort();
    clearTimeout(this.#wait);
    this.#mode = "waiting";
    this.#call.answer = null;
    this.#head = null;
    this.#upstreamEnded = false;
    this.#collected = [];
    this.#attempts.make(step);
    return true;
  }

  // --- answering in one piece ---

  #answerWhole(): void {
    const finished = this.#finish(this.#ending());
    if (finished instanceof Promise) finished.then((event) => this.#respondWhole(event));
    else this.#respondWhole(finished);
  }

  #respondWhole(event: Finished): void {
    const body = this.#mode === "empty" ? null : joined(this.#collected);
    event.draft.data.response_bytes = body && !this.#left ? body.length : 0;
    const appended = this.#ports.recorder.append(event);
    const { usd } = event.draft.data.cost;
    const respond = () => {
      this.#mode = "over";
      this.#release();
      if (this.#head) this.#reply.whole(this.#head, this.#status(), body, usd);
    };
    if (this.#ports.strict) appended.then(respond);
    else respond();
  }

  // --- answering as it comes ---

  #startStream(): void {
    clearTimeout(this.#wait);
    const { answer } = this.#call;
    if (!answer || !this.#head) return;
    this.#mode = "stream";
    this.#ports.streams.add(this.#token);
    this.#reply.start(this.#head, answer, this.#left === null);
    for (const chunk of this.#collected) this.#pass(chunk, answer);
    this.#collected = [];
  }

  #pass(chunk: Uint8Array, answer: Answer): void {
    answer.sentBytes += this.#reply.pass(chunk);
    // The client takes this event for the end: it goes out once the call is on record.
    if (this.#reply.complete && !this.#call.recorded) this.#record();
  }

  #endStream(): void {
    this.#reply.holdRest();
    if (this.#committed) this.#afterCommit();
    else if (!this.#call.recorded) this.#record();
  }

  /** Writes the event; what is held, and the end, follow after the commit. */
  #record(): void {
    const { recorder, strict } = this.#ports;
    const { answer } = this.#call;
    if (answer && !this.#left) answer.sentBytes += this.#reply.heldBytes;
    const finished = this.#finish(this.#ending());
    const appended = finished instanceof Promise
      ? finished.then((event) => recorder.append(event))
      : recorder.append(finished);
    if (strict) appended.then(() => this.#afterCommit());
    else this.#afterCommit();
  }

  #afterCommit(): void {
    this.#committed = true;
    this.#reply.flush();
    if (this.#broken) this.#reply.breakOff(this.#broken);
    else if (this.#upstreamEnded) this.#closeClient();
  }

  #closeClient(): void {
    this.#mode = "over";
    this.#release();
    this.#reply.close();
  }

  // --- what goes wrong ---

  #onFailure(error: AppError): void {
    // What broke after the body's end broke nothing.
    if (this.#upstreamEnded || this.#mode === "over") return;
    const answered = this.#mode === "stream";
    if (!answered && this.#triesAgain({ kind: "failed", error })) return;
    this.#fail(error, answered);
  }

  /** The provider's side failed: an error answer if the client has none yet, else a broken stream. */
  #fail(error: AppError, answered: boolean): void {
    this.#stop();
    if (this.#committed) this.#reply.breakOff(error);
    // What broke after the last event waits, as the end would have, for the commit.
    else if (this.#call.recorded) this.#broken = error;
    else if (answered || this.#left) {
      const status = this.#left ? this.#left.status : this.#status();
      this.#recordEnding({ how: "failed", status, error }, () => {
        this.#reply.flush();
        this.#reply.breakOff(error);
      });
    } else this.#reply.fail(error);
  }

  readonly #onClientGone = (stopped: AppError | null): void => {
    if (this.#mode === "over" || this.#left) return;
    const answered = this.#mode === "stream";
    if (stopped) return this.#fail(stopped, answered);
    const left: Ending = { how: "left", status: answered ? this.#status() : null };
    if (!answered) this.#reply.resolveUnread();
    const { audience } = this.#call;
    if (!audience?.wanted()) return this.#abandon(left);
    this.#left = left;
    audience.whenDeserted(() => this.#abandon(left));
    this.#attempts.resume();
  };

  /** Nobody waits for the answer any more. */
  #abandon(left: Ending): void {
    if (this.#mode === "over") return;
    this.#stop();
    if (!this.#call.recorded) this.#recordEnding(left);
    this.#reply.abandon();
  }

  #recordEnding(ending: Ending, then: () => void = () => {}): void {
    const { recorder, strict } = this.#ports;
    const appended = Promise.resolve(this.#finish(ending)).then((event) => recorder.append(event));
    if (strict) appended.then(then);
    else then();
  }

  #ending(): Ending {
    return this.#left ?? { how: "answered", status: this.#status() };
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
    this.#attempts.abort();
  }

  #release(): void {
    this.#ports.streams.delete(this.#token);
    this.#call.client.forget();
  }

  #status(): number {
    return this.#call.answer?.status ?? 502;
  }
}
