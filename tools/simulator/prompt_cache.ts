/**
 * The providers' prompt caches. OpenAI and Google find a repeated beginning by themselves, in steps of
 * 128 tokens from 1,024 on; Anthropic caches up to the places that the client marked.
 *
 * @module
 */
import type { Clock } from "./contract.ts";
import type { PromptBlock } from "./prompt.ts";
import { hash } from "./random.ts";
import { tokenize } from "./tokens.ts";

const step = 128;
const shortest = 1_024;
const automaticTtlMs = 5 * 60_000;
const ttlMs = { "5m": 5 * 60_000, "1h": 60 * 60_000 } as const;
const maxEntries = 20_000;

/** How a prompt's tokens are billed; the four numbers add up to the prompt. */
export interface CacheOutcome {
  readonly fresh: number;
  readonly read: number;
  readonly written5m: number;
  readonly written1h: number;
}

export class PromptCache {
  readonly #clock: Clock;
  readonly #entries = new Map<number, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Finds the longest known beginning and remembers this one. `written5m` is what it added. */
  automatic(scope: string, blocks: readonly PromptBlock[]): CacheOutcome {
    const tokens = blocks.flatMap((block) => [`<${block.role}>`, ...tokenize(block.text)]);
    let read = 0;
    let end = 0;
    let running = hash(scope);
    for (let at = step; at <= tokens.length; at += step) {
      running = hash(running.toString(36) + tokens.slice(at - step, at).join(""));
      if (at < shortest) continue;
      end = at;
      if (this.#has(running) && (read === at - step || at === shortest)) read = at;
      this.#put(running, automaticTtlMs);
    }
    return { fresh: tokens.length - end, read, written5m: end - read, written1h: 0 };
  }

  /** Looks each marked place up, the last known one is read, what follows up to the last is written. */
  marked(scope: string, blocks: readonly PromptBlock[]): CacheOutcome {
    let total = 0;
    let read = 0;
    let written5m = 0;
    let written1h = 0;
    let running = hash(scope);
    for (const block of blocks) {
      running = hash(running.toString(36) + block.role + block.text);
      total += tokenize(block.text).length + 1;
      if (!block.cache || total < shortest) continue;
      if (this.#has(running)) [read, written5m, written1h] = [total, 0, 0];
      else if (block.cache === "1h") written1h = total - read - written5m;
      else written5m = total - read - written1h;
      this.#put(running, ttlMs[block.cache]);
    }
    return { fresh: total - read - written5m - written1h, read, written5m, written1h };
  }

  #has(key: number): boolean {
    const expires = this.#entries.get(key);
    return expires !== undefined && expires > this.#clock.now();
  }

  #put(key: number, ttl: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, this.#clock.now() + ttl);
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > maxEntries && !oldest.done) this.#entries.delete(oldest.value);
  }
}
