/**
 * A gateway with a cache over a store in memory, before providers on real ports.
 *
 * @module
 */
import { keptLog } from "@/tests/cache/semantic/kept_log.ts";
import { type Cache, createCache } from "@/core/cache/cache.ts";
import type { ExactStore } from "@/core/cache/exact/store.ts";
import { type CacheSettings, cacheSettingsSchema } from "@/core/cache/settings.ts";
import type { Embedder } from "@/core/cache/semantic/embed/embedder.ts";
import type { KvPort } from "@/core/log/kv.ts";
import { runGateway, type Running, type RunOptions } from "@/tests/gateway/fixture.ts";

export interface CachedOptions extends RunOptions {
  /** As a project would have set them: what is left out has its default. */
  readonly settings?: unknown;
  /** By project, instead of `settings`. */
  readonly settingsOf?: (project: string) => CacheSettings | Promise<CacheSettings>;
  /** Wraps the store's KV. */
  readonly wrapKv?: (kv: KvPort) => KvPort;
  readonly kv?: KvPort;
  readonly clock?: () => number;
  readonly random?: () => number;
  readonly embedder?: () => Embedder | null;
}

export interface Cached extends AsyncDisposable {
  readonly running: Running;
  readonly url: string;
  readonly cache: Cache;
  readonly store: ExactStore;
  readonly kv: KvPort;
}

export async function cachedGateway(options: CachedOptions = {}): Promise<Cached> {
  const inner = options.kv ?? await Deno.openKv(":memory:");
  const kv = options.wrapKv?.(inner) ?? inner;
  // Long enough for a machine that is busy with other tests.
  const patient = { lookup_timeout_ms: 1_000 };
  const settings = cacheSettingsSchema.parse({ ...patient, ...Object(options.settings) });
  const clock = options.clock ?? (() => Date.now());
  const random = options.random ?? Math.random;
  const log = keptLog(kv);
  const cache = createCache({
    kv,
    log,
    newId: log.newId,
    now: clock,
    random,
    settings: options.settingsOf ?? (() => settings),
    embedder: () => options.embedder?.() ?? null,
    decisionOf: () => Promise.resolve(null),
    warn: () => {},
  });
  const running = runGateway({
    ...options,
    ports: {
      clock,
      ...options.ports,
      cache,
    },
  });
  return {
    running,
    url: running.url,
    cache,
    store: cache.store,
    kv,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      if (!options.wrapKv) await cache.idle();
      if (!options.kv) inner.close();
    },
  };
}

/** The header that tells what the cache did. */
export function cacheOf(response: Response): string | null {
  return response.headers.get("x-watchllm-cache");
}
