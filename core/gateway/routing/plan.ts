/**
 * The attempts of one call under a route: which target is asked first, whether it is asked again, and
 * which one follows. It remembers why, for the event.
 *
 * @module
 */
import { AppError } from "../../error.ts";
import type { AttemptData, RouteData } from "../../event/attempt.ts";
import type { Usage } from "../../event/usage.ts";
import type { Call } from "../call.ts";
import { readAnswer } from "../formats/read.ts";
import { formats } from "../formats/table.ts";
import type { Head, Outcome, Plan, Step } from "../plan.ts";
import { delayOf, retryAfterOf } from "./backoff.ts";
import type { Breakers } from "./breaker.ts";
import { CallBreakers } from "./call_breakers.ts";
import { contextStatuses, isContextLength } from "./context_length.ts";
import { type Leaf, Selection, type Verdict } from "./selection.ts";
import { mostAttempts, type RoutingSettings } from "./settings.ts";
import { tellRoute } from "./tell_route.ts";

export interface PlanPorts {
  readonly breakers: Breakers;
  readonly random: () => number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Makes the step of a target. @throws {AppError} when it cannot be asked */
  readonly stepOf: (leaf: Leaf, tried: ReadonlySet<string>, after: number) => Step;
}

/** An attempt and what is remembered of the decision. */
export interface Noted {
  readonly leaf: Leaf;
  readonly step: Step;
  readonly because: string;
  /** Whether it asked the target before once more. */
  readonly isRetry: boolean;
  nextBecause: string | null;
  usage: Usage | null;
}

/** What became of an attempt that was no success. */
interface Failure extends Verdict {
  readonly word: string;
  readonly retryAfter: number | null;
}

/** What stands for a failure without a status, where statuses are listed. */
const standsFor: Readonly<Record<string, readonly number[]>> = {
  upstream_timeout: [504, 408],
  upstream_refused: [502, 503],
  upstream_broken: [502, 503],
};

export class RoutePlan implements Plan {
  readonly notes: Noted[] = [];
  readonly skipped: { readonly target: string; readonly because: string }[] = [];
  readonly first: Step;
  readonly #call: Call;
  readonly #settings: RoutingSettings;
  readonly #ports: PlanPorts;
  readonly #breakers: CallBreakers;
  readonly #families: readonly string[];
  readonly #selection: Selection;
  readonly #triedKeys = new Set<string>();
  readonly #hasFallback: boolean;
  #retries = 0;

  /**
   * @param route the configuration that holds, and the peers whose headers the request used
   * @throws {AppError} when none of the targets can be asked
   */
  constructor(
    call: Call,
    { settings, families }: {
      readonly settings: RoutingSettings;
      readonly families: readonly string[];
    },
    facts: ConstructorParameters<typeof Selection>[1]["facts"],
    ports: PlanPorts,
  ) {
    this.#call = call;
    this.#settings = settings;
    this.#ports = ports;
    this.#breakers = new CallBreakers(call, ports.breakers);
    this.#families = families;
    this.#hasFallback = hasFallback(settings);
    this.#selection = new Selection(settings, {
      facts,
      random: ports.random,
      open: (leaf) => this.#breakers.mayAsk(leaf),
    });
    const refused: AppError[] = [];
    const first = this.#onward(null, "", (error) => refused.push(error));
    if (!first) throw refused[0] ?? new AppError("route_unmet");
    this.first = first;
  }

  wantsBody(head: Head): boolean {
    return this.#hasFallback && contextStatuses.has(head.status);
  }

  next(outcome: Outcome): Step | null {
    const current = this.notes.at(-1);
    if (!current) return null;
    const failure = this.#judge(outcome, current);
    this.#tellBreaker(current.leaf, failure);
    const step = failure && this.#follow(failure, current);
    if (!step) this.#tellClient(current);
    return step;
  }

  /** The call is over: a breaker that still waits hears of it. */
  ended(broken: boolean): void {
    const current = this.notes.at(-1);
    if (broken && current && this.#breakers.hasTold) this.#breakers.failed(current.leaf);
    this.#breakers.abandon();
  }

  route(source: string): RouteData | null {
    const last = this.notes.at(-1);
    if (!last) return null;
    return {
      mode: this.#settings.strategy.mode,
      source,
      target: last.step.name,
      path: last.leaf.path,
      because: last.leaf.because,
      attempts: Math.max(1, this.#call.attempts.length),
      skipped: this.skipped,
    };
  }

  /** What the attempts' own events say; empty for a call that had one. */
  attempts(now: number): Omit<AttemptData, "cost">[] {
    const { attempts, id } = this.#call;
    if (attempts.length < 2) return [];
    return attempts.map((attempted, i) => {
      const note = this.notes[i];
      const { firstByteAt, started, endedAt } = attempted;
      return {
        call_id: id,
        number: i + 1,
        provider: attempted.provider,
        model: attempted.model,
        target: attempted.target,
        provider_key_id: attempted.keyId,
        status: attempted.status,
        error: attempted.error,
        because: note?.because ?? "",
        next_because: note?.nextBecause ?? null,
        waited_ms: note?.step.after ?? 0,
        latency_ms: rounded((endedAt ?? now) - started),
        ttft_ms: firstByteAt === null ? null : rounded(firstByteAt - started),
        usage: note?.usage ?? null,
      };
    });
  }

  // --- what became of an attempt ---

  #judge(outcome: Outcome, current: Noted): Failure | null {
    if (outcome.kind === "failed") {
      const { code } = outcome.error;
      const [status = 502] = standsFor[code] ?? [];
      return { status, tooLong: false, skipped: false, word: code, retryAfter: null };
    }
    const { head, body } = outcome;
    if (head.status < 300) return null;
    const tooLong = body !== null && contextStatuses.has(head.status) && isContextLength(body);
    if (body) current.usage = this.#usageOf(head, body);
    return {
      status: head.status,
      tooLong,
      skipped: false,
      word: tooLong ? `${head.status}, the request is too long` : String(head.status),
      retryAfter: retryAfterOf(head, this.#ports.clock()),
    };
  }

  /** What a failed answer says that it used, if it says so. */
  #usageOf({ status, contentType }: Head, bytes: Uint8Array): Usage | null {
    const format = formats[this.#call.route.operation.format];
    const { usage } = readAnswer(format, { bytes, contentType, status }, { text: false });
    return usage.source === "provider" ? usage : null;
  }

  // --- what follows ---

  #follow(failure: Failure, current: Noted): Step | null {
    if (this.notes.length >= mostAttempts) return null;
    const { keyId = null } = this.#call.attempts.at(-1) ?? {};
    if (keyId !== null) this.#triedKeys.add(keyId);
    return this.#again(failure, current) ?? this.#onward(failure, failure.word);
  }

  #again(failure: Failure, { leaf }: Noted): Step | null {
    const { retry } = leaf;
    if (!retry || this.#retries >= retry.attempts || !isListed(failure, retry.on_status_codes)) {
      return null;
    }
    if (!this.#breakers.mayAsk(leaf)) return null;
    const delay = delayOf(retry, this.#retries, failure.retryAfter, this.#ports.random);
    if (delay === null) return null;
    const because = `Retry ${this.#retries + 1} of ${retry.attempts} after ${failure.word}.`;
    try {
      const step = this.#ports.stepOf(leaf, this.#triedKeys, delay);
      this.#retries++;
      return this.#noted(leaf, step, because, true);
    } catch (error) {
      if (error instanceof AppError) return null;
      throw error;
    }
  }

  /** The next target that can be asked; null when there is none. */
  #onward(
    failure: Failure | null,
    word: string,
    onRefused: (error: AppError) => void = () => {},
  ): Step | null {
    let verdict: Verdict | null = failure;
    for (let leaf = this.#selection.next(verdict); leaf; leaf = this.#selection.next(verdict)) {
      try {
        const step = this.#ports.stepOf(leaf, this.#triedKeys, 0);
        this.#retries = 0;
        return this.#noted(
          leaf,
          step,
          word === "" ? leaf.because : `After ${word}. ${leaf.because}`,
          false,
        );
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        onRefused(error);
        if (leaf.breaker) this.#breakers.abandon();
        this.skipped.push({ target: nameOf(leaf), because: reasonOf(error) });
        verdict = { status: failure?.status ?? error.status, tooLong: false, skipped: true };
      }
    }
    return null;
  }

  #noted(leaf: Leaf, step: Step, because: string, isRetry: boolean): Step {
    const before = this.notes.at(-1);
    if (before) before.nextBecause = because;
    this.notes.push({ leaf, step, because, isRetry, nextBecause: null, usage: null });
    return step;
  }

  // --- who is told ---

  #tellBreaker(leaf: Leaf, failure: Failure | null): void {
    if (!leaf.breaker) return;
    const listed = leaf.breaker.failure_status_codes;
    const counts = failure && (listed ? isListed(failure, listed) : failure.status >= 500);
    if (counts) this.#breakers.failed(leaf);
    else this.#breakers.succeeded(leaf);
  }

  #tellClient({ leaf, step }: Noted): void {
    tellRoute(this.#call.answerHeaders, this.#families, {
      target: step.name,
      path: leaf.path,
      index: leaf.index,
      attempts: this.notes.length,
      retried: this.notes.filter(({ isRetry }) => isRetry).length,
      retriedLast: this.#retries,
    });
  }
}

function isListed({ status, word }: Failure, statuses: readonly number[]): boolean {
  return (standsFor[word] ?? [status]).some((one) => statuses.includes(one));
}

function hasFallback(
  { strategy, targets }: Pick<RoutingSettings, "strategy" | "targets">,
): boolean {
  return strategy.mode === "fallback" ||
    targets.some((target) =>
      target.strategy && target.targets &&
      hasFallback({ strategy: target.strategy, targets: target.targets })
    );
}

/** What people call a target: its own name, its provider's, or its place in the configuration. */
export function nameOf({ target, path }: Leaf): string {
  return target.name ?? target.provider ?? path;
}

function reasonOf(error: AppError): string {
  const { field, provider } = error.details ?? {};
  const named = field ?? provider;
  return typeof named === "string" ? `${error.code}: ${named}` : error.code;
}

function rounded(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds * 1_000) / 1_000);
}
