/**
 * When each key was last used, to the minute: kept in memory, and written beside the call at most once
 * a minute for each key.
 *
 * @module
 */
import { Recent } from "../recent.ts";
import type { KvPort } from "../log/kv.ts";

export const lastUsePath = (project: string, id: string) => ["vault", "used", project, id];

const precision = 60_000;

export interface LastUseOptions {
  readonly kv: KvPort;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export class LastUse {
  readonly #options: LastUseOptions;
  readonly #written = new Recent<number>(10_000);
  readonly #writes = new Set<Promise<unknown>>();

  constructor(options: LastUseOptions) {
    this.#options = options;
  }

  note(project: string, id: string): void {
    const now = this.#options.now();
    if (now - (this.#written.get(id) ?? -Infinity) < precision) return;
    this.#written.set(id, now);
    // Only for people's eyes: a call must not fail because of it.
    const writing = this.#options.kv.set(lastUsePath(project, id), now).catch(() => {});
    this.#writes.add(writing);
    writing.finally(() => this.#writes.delete(writing));
  }

  /** Milliseconds since 1970; null when it was never used. */
  async of(project: string, id: string): Promise<number | null> {
    return (await this.#options.kv.get<number>(lastUsePath(project, id))).value;
  }

  async idle(): Promise<void> {
    while (this.#writes.size > 0) await Promise.allSettled(this.#writes);
  }
}
