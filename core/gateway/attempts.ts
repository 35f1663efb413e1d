/**
 * The attempts of one call, one after another: one, unless the call's plan says otherwise.
 *
 * Guarantees: nothing is heard of an attempt that was given up; a plan that fails leaves the client with
 * what there is.
 *
 * @module
 */
import { errorName } from "../caught.ts";
import { Attempt, type AttemptEvents, type AttemptPorts } from "./attempt.ts";
import type { Call } from "./call.ts";
import type { Head, Outcome, Plan, Step } from "./plan.ts";
import type { Original } from "./translate/translation.ts";

export interface AttemptsPorts extends AttemptPorts {
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export class Attempts {
  readonly #call: Call;
  readonly #ports: AttemptsPorts;
  readonly #told: AttemptEvents;
  /** The one under way; null between two. */
  #current: Attempt | null = null;
  #original: Original | undefined;
  #wait: ReturnType<typeof setTimeout> | undefined;

  /** @param told hears of the attempt that is under way, translated where its target is */
  constructor(call: Call, ports: AttemptsPorts, told: AttemptEvents) {
    this.#call = call;
    this.#ports = ports;
    this.#told = told;
  }

  /** What the provider says, while it is translated. */
  get original(): Original | undefined {
    return this.#original;
  }

  /** Makes the attempt, once its pause is over. */
  make(step: Step): void {
    if (step.after > 0) this.#wait = setTimeout(() => this.#send(step), step.after);
    else this.#send(step);
  }

  /** The attempt that follows; null when this outcome is the client's. */
  next(outcome: Outcome): Step | null {
    return this.#asked<Step | null>((plan) => plan.next(outcome), null);
  }

  /** Whether the decision on this answer needs its body. */
  wantsBody(head: Head): boolean {
    return this.#asked((plan) => plan.wantsBody(head), false);
  }

  pause(): void {
    this.#current?.pause();
  }

  resume(): void {
    this.#current?.resume();
  }

  /** Gives up the attempt that is under way, or that waits, and closes its connection at once. */
  abort(): void {
    clearTimeout(this.#wait);
    const current = this.#current;
    this.#current = null;
    current?.abort();
  }

  #send(step: Step): void {
    const call = this.#call;
    call.provider = step.provider;
    call.model = step.model;
    call.target = step.target;
    const { translation } = step.target;
    const translated = translation?.answers(this.#told, () => this.#current === attempt);
    const events = translated ?? this.#told;
    const attempt: Attempt = new Attempt(this.#ports, call.method, step, events);
    this.#current = attempt;
    this.#original = translated?.original;
    call.attempts.push(attempt.attempted);
    call.sentAt ??= attempt.attempted.started;
    attempt.send();
  }

  #asked<T>(ask: (plan: Plan) => T, otherwise: T): T {
    const { id, plan } = this.#call;
    if (!plan) return otherwise;
    try {
      return ask(plan);
    } catch (error) {
      const reason = errorName(error);
      this.#ports.warn("A plan failed", { event_id: id, reason });
      return otherwise;
    }
  }
}
