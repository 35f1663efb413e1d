/**
 * A call that waits for the answer to an identical one on its way. It has an event of its own, its own
 * gate before its own commit, and may leave without the others noticing. What fails for the call that
 * is followed fails for it as well.
 *
 * @module
 */
import { AppError } from "../../error.ts";
import { free } from "../../pricing/price.ts";
import { usdSchema } from "../../event/cost.ts";
import type { Flight, Listener } from "../../cache/flights.ts";
import type { Answer, Call, CallDraft } from "../call.ts";
import { Capture } from "../capture.ts";
import { codingOf } from "../decompress.ts";
import type { AnswerFacts } from "../formats/format.ts";
import type { Head } from "../plan.ts";
import type { Ending } from "../ending.ts";
import { keptBytes } from "../kept_bodies.ts";
import type { Recorder } from "../record.ts";
import { Reply } from "../reply.ts";

export interface FollowPorts {
  readonly recorder: Recorder;
  readonly now: () => number;
  readonly strict: boolean;
  readonly streams: Set<unknown>;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** The answer, or null when it is too late to follow. */
export function follow(
  call: Call,
  flight: Flight<Head, AnswerFacts>,
  ports: FollowPorts,
): Promise<Response> | null {
  const follower = new Follower(call, flight, ports);
  return follower.join() ? follower.response : null;
}

class Follower implements Listener<Head> {
  readonly #call: Call;
  readonly #flight: Flight<Head, AnswerFacts>;
  readonly #ports: FollowPorts;
  readonly #reply: Reply;
  #head: Head | null = null;
  /** Of an answer in one piece, until it is whole. */
  #chunks: Uint8Array[] = [];
  #mode: "waiting" | "whole" | "stream" | "over" = "waiting";
  #ended = false;
  #committed = false;

  constructor(call: Call, flight: Flight<Head, AnswerFacts>, ports: FollowPorts) {
    this.#call = call;
    this.#flight = flight;
    this.#ports = ports;
    this.#reply = new Reply(call, ports, {
      // What a slow client has not taken waits in memory: the others go on.
      onFull: () => {},
      onDrained: () => {},
      onLeft: () => this.#onGone(null),
    });
  }

  get response(): Promise<Response> {
    return this.#reply.response;
  }

  join(): boolean {
    this.#call.onFinished.push(asSaved);
    if (this.#flight.join(this)) {
      if (this.#mode !== "over") this.#call.client.watch(this.#onGone);
      return true;
    }
    this.#call.onFinished.splice(this.#call.onFinished.indexOf(asSaved), 1);
    return false;
  }

  onHead(head: Head): void {
    this.#head = head;
    const answer: Answer = this.#call.answer = {
      status: head.status,
      contentType: head.contentType,
      coding: codingOf(head.contentEncoding),
      capture: new Capture(keptBytes),
      firstByteAt: null,
      sentBytes: 0,
    };
    if (!head.contentType?.includes("event-stream")) {
      this.#mode = "whole";
      return;
    }
    this.#mode = "stream";
    this.#ports.streams.add(this);
    this.#reply.start(head, answer, true);
  }

  onChunk(bytes: Uint8Array): void {
    const { answer } = this.#call;
    if (!answer) return;
    answer.firstByteAt ??= this.#ports.now();
    answer.capture.push(bytes);
    if (this.#mode !== "stream") {
      this.#chunks.push(bytes);
      return;
    }
    answer.sentBytes += this.#reply.pass(bytes);
    if (this.#reply.complete && !this.#call.recorded) this.#record();
  }

  onEnd(): void {
    this.#ended = true;
    if (this.#mode === "whole") {
      this.#answerWhole();
      return;
    }
    this.#reply.holdRest();
    if (this.#committed) this.#close();
    else if (!this.#call.recorded) this.#record();
  }

  onBroken(error: AppError | null): void {
    const failure = error
      ? new AppError(error.code, error.details)
      : new AppError("upstream_broken");
    if (this.#mode !== "stream") {
      this.#over();
      this.#call.answer = null;
      this.#reply.fail(failure);
      return;
    }
    if (this.#committed) {
      this.#over();
      this.#reply.breakOff(failure);
      return;
    }
    if (this.#call.recorded) return;
    this.#append({ how: "failed", status: this.#head?.status ?? null, error: failure }, () => {
      this.#over();
      this.#reply.flush();
      this.#reply.breakOff(failure);
    });
  }

  #record(): void {
    const { answer } = this.#call;
    if (answer) answer.sentBytes += this.#reply.heldBytes;
    this.#append({ how: "answered", status: this.#head?.status ?? 502 }, () => {
      this.#committed = true;
      this.#reply.flush();
      if (this.#ended) this.#close();
    });
  }

  #answerWhole(): void {
    const { answer } = this.#call;
    const head = this.#head;
    if (!answer || !head) return;
    const body = joined(this.#chunks);
    answer.sentBytes = body.length;
    this.#append({ how: "answered", status: head.status }, () => {
      this.#over();
      this.#reply.whole(head, head.status, body, "0");
    });
  }

  #close(): void {
    this.#over();
    this.#reply.close();
  }

  readonly #onGone = (stopped: AppError | null): void => {
    if (this.#mode === "over") return;
    const begun = this.#mode === "stream";
    if (stopped) {
      this.#flight.leave(this);
      return this.onBroken(stopped);
    }
    this.#over();
    this.#flight.leave(this);
    if (!begun) this.#reply.resolveUnread();
    if (this.#call.recorded) return;
    this.#append({ how: "left", status: begun ? this.#head?.status ?? null : null }, () => {});
  };

  /** Records the call; what follows waits for the commit when durability is strict. */
  #append(ending: Ending, then: () => void): void {
    const { recorder, strict } = this.#ports;
    // What this client did not ask for, such as usage, is not in the bytes that it got.
    const known = ending.how === "answered" ? this.#flight.facts : null;
    const finished = recorder.finish(this.#call, ending, known);
    this.#call.recorded = true;
    const appended = finished instanceof Promise
      ? finished.then((event) => recorder.append(event))
      : recorder.append(finished);
    if (strict) appended.then(then);
    else then();
  }

  #over(): void {
    this.#mode = "over";
    this.#ports.streams.delete(this);
    this.#call.client.forget();
  }
}

/** Nothing was bought for this call: what it would have cost is what it saved. */
function asSaved({ data }: CallDraft): void {
  const { usd } = data.cost;
  data.saved_cost_usd = data.error === null && usd !== null ? usdSchema.parse(usd) : null;
  data.saved_latency_ms = 0;
  data.cost = free();
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
