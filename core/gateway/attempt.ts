/**
 * One try at one target: sends the request, again when it met a connection that was closed already,
 * keeps the deadlines, and tells of the answer. It knows nothing of the client.
 *
 * Guarantees: after `send()` and until `abort()` exactly one of `onEnd` and `onFailure` is told, last;
 * after `abort()` nothing is. The connection is closed on a failure, on `abort()` and by a deadline.
 *
 * @module
 */
import { AppError } from "../error.ts";
import type { Deadline, Deadlines } from "./deadlines.ts";
import { NotConnected, type Sending } from "./http/sending.ts";
import type { Attempted, Head, Step } from "./plan.ts";
import { rawHeader } from "./raw_headers.ts";
import type { Target } from "./target.ts";
import { reasonOf, type Sent, type Upstream } from "./upstream.ts";

/**
 * That a kept connection was closed before the request came is known within a round trip, in
 * milliseconds. Later the provider may have worked on it, and would be paid twice.
 */
const mostUnread = 1_000;

export interface AttemptPorts {
  readonly upstream: Upstream;
  readonly deadlines: Deadlines;
  readonly now: () => number;
}

export interface AttemptEvents {
  /** Its status is one that HTTP allows for an answer. */
  onHead(head: Head): void;
  onChunk(chunk: Uint8Array): void;
  onEnd(): void;
  onFailure(error: AppError): void;
}

export class Attempt implements Sending {
  readonly attempted: Attempted;
  readonly #ports: AttemptPorts;
  readonly #method: string;
  readonly #step: Step;
  readonly #events: AttemptEvents;
  readonly #deadline: Deadline;
  #sent: Sent | null = null;
  #sentAt = 0;
  #retried = false;
  #over = false;

  constructor(ports: AttemptPorts, method: string, step: Step, events: AttemptEvents) {
    this.#ports = ports;
    this.#method = method;
    this.#step = step;
    this.#events = events;
    this.attempted = {
      provider: step.provider.name,
      model: step.model,
      target: step.name,
      keyId: step.target.key?.id ?? null,
      status: null,
      error: null,
      started: ports.now(),
      firstByteAt: null,
      endedAt: null,
    };
    const { firstByte, idle, total } = step.timeouts;
    this.#deadline = ports.deadlines.start(
      Math.min(firstByte, total),
      () => this.#onSilence(),
      Math.min(firstByte, idle, total),
    );
  }

  send(): void {
    const { target } = this.#step;
    if (!target.sign) return this.#sendNow(target);
    target.sign().then((headers) => {
      if (!this.#over) this.#sendNow({ ...target, headers: [...target.headers, ...headers] });
    }, (error: unknown) => {
      if (this.#over) return;
      const told = error instanceof AppError ? error : new AppError("internal", undefined, {
        cause: error,
      });
      this.#fail(told);
    });
  }

  #sendNow(target: Target): void {
    this.#sentAt = this.#ports.now();
    try {
      this.#sent = this.#ports.upstream.send(this.#method, target, this, this.#retried);
    } catch (error) {
      // A path or header that cannot be written on the wire.
      this.#fail(new AppError("bad_request", undefined, { cause: error }));
    }
  }

  /** Stops reading. The silence that follows is not the provider's. */
  pause(): void {
    if (this.#over) return;
    this.#touch(Infinity);
    this.#sent?.pause();
  }

  resume(): void {
    if (this.#over) return;
    this.#touch(this.#step.timeouts.idle);
    this.#sent?.resume();
  }

  /** Closes the connection at once. */
  abort(): void {
    if (this.#over) return;
    this.#close();
    this.#sent?.destroy();
  }

  // --- what the connection tells ---

  onHead(head: Head): void {
    if (this.#over) {
      this.#sent?.destroy();
      return;
    }
    if (head.status < 200 || head.status > 599) {
      this.#fail(new AppError("upstream_broken", { status: head.status }));
      return;
    }
    this.attempted.status = head.status;
    this.#step.target.key?.report(head.status, rawHeader(head.raw, "retry-after"));
    this.#events.onHead(head);
  }

  onChunk(chunk: Uint8Array): void {
    if (this.#over) return;
    this.attempted.firstByteAt ??= this.#ports.now();
    this.#touch(this.#step.timeouts.idle);
    this.#events.onChunk(chunk);
  }

  onEnd(): void {
    if (this.#over) return;
    this.#close();
    this.#events.onEnd();
  }

  onError(error: Error, stale: boolean): void {
    if (this.#over) return;
    const unread = this.#ports.now() - this.#sentAt < mostUnread;
    if (stale && unread && !this.#retried && this.attempted.status === null) {
      this.#retried = true;
      this.send();
      return;
    }
    const code = error instanceof NotConnected ? "upstream_refused" : "upstream_broken";
    this.#fail(new AppError(code, { reason: reasonOf(error) }, { cause: error }));
  }

  // --- deadlines ---

  #touch(allowance: number): void {
    const { total } = this.#step.timeouts;
    if (total === Infinity) this.#deadline.touch(allowance);
    else {this.#deadline.touch(
        Math.min(allowance, this.attempted.started + total - this.#ports.now()),
      );}
  }

  #onSilence(): void {
    const { firstByte, idle, total } = this.#step.timeouts;
    const passed = this.#ports.now() - this.attempted.started;
    const allowance = this.attempted.firstByteAt === null ? firstByte : idle;
    this.#fail(
      new AppError("upstream_timeout", { timeout_ms: passed >= total ? total : allowance }),
    );
  }

  #fail(error: AppError): void {
    this.attempted.error = error.code;
    this.abort();
    this.#events.onFailure(error);
  }

  #close(): void {
    this.#over = true;
    this.attempted.endedAt = this.#ports.now();
    this.#deadline.cancel();
  }
}
