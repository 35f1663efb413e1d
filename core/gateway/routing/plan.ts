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
import { contextStatuses, isContextLength } from "./context_length.ts";
import { type Leaf, Selection, type Verdict } from "./selection.ts";
import { mostAttempts, type RoutingSettings } from "./settings.ts";

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
  readonly #selection: Selection;
  readonly #triedKeys = new Set<string>();
  readonly #hasFallback: boolean;
  #retries = 0;
  /** The breaker that waits to hear of a call, by its key. */
  #asked: string | null = null;

  /** @throws {AppError} when none of the targets can be asked */
  constructor(
    call: Call,
    settings: RoutingSettings,
    facts: ConstructorParameters<typeof Selection>[1]["facts"],
    ports: PlanPorts,
  ) {
    this.#call = call;
    this.#settings = settings;
    this.#ports = ports;
    this.#hasFallback = hasFallback(settings);
    this.#selection = new Selection(settings, {
      facts,
      random: ports.random,
      open: (leaf) => this.#mayAsk(leaf),
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
    if (broken && current?.leaf.breaker && this.#asked === null) {
      this.#ports.breakers.failed(this.#breakerKey(current.leaf), current.leaf.breaker);
    }
    if (this.#asked !== null) this.#ports.breakers.abandoned(this.#asked);
    this.#asked = null;
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
    if (!retry || this.#retries >= retry.attempts || !retries(failure, retry.on_status_codes)) {
      return null;
    }
    if (leaf.breaker && !this.#mayAsk(leaf)) return null;
    const delay = delayOf(retry, this.#retries, failure.retryAfter, this.#ports.random);
    if (delay === null) return null;
    const because = `Retry ${this.#retries + 1} of ${retry.attempts} after ${failure.word}.`;
    try {
      const step = this.#ports.stepOf(leaf, this.#triedKeys, delay);
      this.#retries++;
      return this.#noted(leaf, step, because);
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
        );
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        onRefused(error);
        if (leaf.breaker) this.ended(false);
        this.skipped.push({ target: nameOf(leaf), because: reasonOf(error) });
        verdict = { status: failure?.status ?? error.status, tooLong: false, skipped: true };
      }
    }
    return null;
  }

  #noted(leaf: Leaf, step: Step, because: string): Step {
    const before = this.notes.at(-1);
    if (before) before.nextBecause = because;
    this.notes.push({ leaf, step, because, nextBecause: null, usage: null });
    return step;
  }

  // --- circuit breakers ---

  #mayAsk(leaf: Leaf): boolean {
    if (!leaf.breaker) return true;
    const key = this.#breakerKey(leaf);
    if (!this.#ports.breakers.allows(key, leaf.breaker)) return false;
    this.#asked = key;
    return true;
  }

  #tellBreaker({ breaker, ...leaf }: Leaf, failure: Failure | null): void {
    if (!breaker) return;
    const key = this.#breakerKey(leaf);
    this.#asked = null;
    const listed = breaker.failure_status_codes;
    const counts = failure && (listed ? retries(failure, listed) : failure.status >= 500);
    if (counts) this.#ports.breakers.failed(key, breaker);
    else this.#ports.breakers.succeeded(key);
  }

  #breakerKey({ target, path }: Pick<Leaf, "target" | "path">): string {
    const { project, model, provider } = this.#call;
    const asked = target.provider ?? provider?.name ?? "";
    const name = target.name ?? path;
    return JSON.stringify([project?.project, name, asked, target.override_params?.model ?? model]);
  }

  // --- what the client is told ---

  #tellClient({ leaf, step }: Noted): void {
    const headers = this.#call.answerHeaders;
    put(headers, "x-watchllm-attempts", String(this.notes.length));
    put(headers, "x-watchllm-target", step.name);
    const at = `config.${leaf.path || "targets[0]"}`;
    for (const family of this.families) {
      if (family === "portkey") {
        put(headers, "x-portkey-retry-attempt-count", String(this.#retries));
        put(headers, "x-portkey-last-used-option-index", at);
      } else if (family === "helicone") {
        put(headers, "helicone-fallback-index", String(leaf.index));
      } else if (family === "litellm") {
        const retried = this.notes.filter(({ because }) => because.startsWith("Retry")).length;
        put(headers, "x-litellm-attempted-retries", String(retried));
        put(headers, "x-litellm-attempted-fallbacks", String(this.notes.length - 1 - retried));
      } else put(headers, "cf-aig-step", String(leaf.index));
    }
  }

  /** The peers whose headers the request used. */
  families: readonly string[] = [];
}

function retries({ status, word }: Failure, statuses: readonly number[]): boolean {
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

export function nameOf({ target, path }: Leaf): string {
  return target.name ?? target.provider ?? path;
}

function reasonOf(error: AppError): string {
  const { field, provider } = error.details ?? {};
  const named = field ?? provider;
  return typeof named === "string" ? `${error.code}: ${named}` : error.code;
}

/** Names and values in turn: what was said before is replaced. */
function put(headers: string[], name: string, value: string): void {
  const at = headers.findIndex((one, i) => i % 2 === 0 && one === name);
  if (at === -1) headers.push(name, value);
  else headers[at + 1] = value;
}

function rounded(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds * 1_000) / 1_000);
}
