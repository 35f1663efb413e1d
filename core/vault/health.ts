/**
 * What providers' answers tell of keys. Kept in memory, where a call needs it; a change of state is
 * also written beside the call, so that other processes and the dashboard learn of it.
 *
 * @module
 */
import type { KvPort } from "../log/kv.ts";
import { Recent } from "../recent.ts";
import type { KeyHealth } from "./types.ts";

/** A key that should rest, in milliseconds since 1970. */
export interface Rest {
  readonly state: "refused" | "cooling";
  readonly status: number;
  readonly since: number;
  readonly until: number;
}

/** How long a key is passed over, in milliseconds. A 403 may be about the model alone. */
const refusedFor: Readonly<Record<number, number>> = { 401: 300_000, 403: 60_000 };
/** After a 429 that names no time, and at most after one that does. */
const coolingFor = 10_000;
const longestCooling = 600_000;
/** A longer rest is written once more only when it grows by this. */
const worthWriting = 1_000;

export const healthPath = (project: string, id: string) => ["vault", "health", project, id];

export interface HealthOptions {
  readonly kv: KvPort;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export class Health {
  readonly #options: HealthOptions;
  readonly #rests = new Recent<Rest>(10_000);
  readonly #writes = new Set<Promise<unknown>>();

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  /** Null when the key is well. */
  restOf(id: string): Rest | null {
    const rest = this.#rests.get(id);
    return rest && rest.until > this.#options.now() ? rest : null;
  }

  shown(id: string): KeyHealth {
    const rest = this.restOf(id);
    if (!rest) return { state: "ok" };
    const { state, status, since, until } = rest;
    return {
      state,
      status,
      since: new Date(since).toISOString(),
      until: new Date(until).toISOString(),
    };
  }

  /** Takes over what another process found out. */
  learn(id: string, rest: Rest | null): void {
    const own = this.#rests.get(id);
    if (rest && rest.since > (own?.since ?? 0)) this.#rests.set(id, rest);
  }

  /** @param usedAt when the call took the key: its success says nothing of what came after */
  report(
    project: string,
    id: string,
    answer: { readonly status: number; readonly retryAfter: string | null },
    usedAt: number,
  ): void {
    const { status } = answer;
    if (status === 401 || status === 403 || status === 429) {
      this.#rest(project, id, restAfter(answer, this.#options.now()));
      return;
    }
    const known = this.#rests.get(id);
    if (status >= 400 || !known || known.since > usedAt) return;
    this.clear(project, id);
  }

  /** Forgets what was held against a key. */
  clear(project: string, id: string): void {
    this.#rests.delete(id);
    this.#write(() => this.#options.kv.delete(healthPath(project, id)));
  }

  async idle(): Promise<void> {
    while (this.#writes.size > 0) await Promise.allSettled(this.#writes);
  }

  #rest(project: string, id: string, rest: Rest): void {
    const known = this.restOf(id);
    // An answer of 429 does not make a refused key better.
    if (known?.state === "refused" && rest.state === "cooling") return;
    this.#rests.set(id, rest);
    if (known?.state === rest.state && rest.until < known.until + worthWriting) return;
    const expireIn = Math.max(1, rest.until - this.#options.now());
    this.#write(() => this.#options.kv.set(healthPath(project, id), rest, { expireIn }));
  }

  #write(write: () => Promise<unknown>): void {
    // Only a hint: a call must not fail because it could not be shared.
    const writing = write().catch(() => {});
    this.#writes.add(writing);
    writing.finally(() => this.#writes.delete(writing));
  }
}

function restAfter(
  { status, retryAfter }: { readonly status: number; readonly retryAfter: string | null },
  now: number,
): Rest {
  if (status !== 429) {
    return { state: "refused", status, since: now, until: now + (refusedFor[status] ?? 60_000) };
  }
  const asked = retryAfterMs(retryAfter, now) ?? coolingFor;
  return { state: "cooling", status, since: now, until: now + Math.min(asked, longestCooling) };
}

/**
 * Milliseconds that a `Retry-After` asks for: seconds, or a date. Null when it says neither.
 *
 * @example
 * ```ts
 * import { retryAfterMs } from "@/core/vault/health.ts";
 * import { expect } from "expect";
 *
 * expect(retryAfterMs("1.5", 0)).toBe(1_500);
 * expect(retryAfterMs("Thu, 01 Jan 1970 00:01:00 GMT", 0)).toBe(60_000);
 * expect(retryAfterMs("soon", 0)).toBeNull();
 * ```
 */
export function retryAfterMs(value: string | null, now: number): number | null {
  const text = value?.trim() ?? "";
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000);
  const date = /[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
