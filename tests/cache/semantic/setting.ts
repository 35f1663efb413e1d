/** A semantic cache on a store in memory, with a clock and chance that the test sets. */
import type {
  SemanticCache,
  SemanticLookup,
  SemanticRequest,
  SemanticSettings,
  Settled,
} from "@/core/cache/semantic/contract.ts";
import { type KeptLog, keptLog } from "./kept_log.ts";
import { defaultSemanticSettings } from "@/core/cache/semantic/contract.ts";
import {
  createSemanticCache,
  type SemanticCacheDeps,
} from "@/core/cache/semantic/semantic_cache.ts";

export interface Setting {
  readonly cache: SemanticCache;
  readonly kv: Deno.Kv;
  readonly log: KeptLog;
  readonly answers: Map<string, string>;
  clock: number;
  chance: number;
  /** Another process on the same store. */
  second(deps?: Partial<SemanticCacheDeps>): SemanticCache;
  /** One call through the cache: looks up and, when told to call, settles with the answer. */
  ask(
    request: SemanticRequest,
    answer: string,
  ): Promise<{ lookup: SemanticLookup; settled: Settled | null }>;
}

export const settings: SemanticSettings = { ...defaultSemanticSettings, mode: "serve" };

export function request(text: string, over: Partial<SemanticRequest> = {}): SemanticRequest {
  return {
    projectId: "p1",
    provider: "openai",
    endpoint: "/v1/chat/completions",
    model: "gpt-4o-mini",
    body: { model: "gpt-4o-mini", messages: [{ role: "user", content: text }] },
    user: null,
    settings,
    ...over,
  };
}

export async function withCache(
  use: (setting: Setting) => Promise<void>,
  deps: Partial<SemanticCacheDeps> = {},
): Promise<void> {
  using kv = await Deno.openKv(":memory:");
  const answers = new Map<string, string>();
  const log = keptLog(kv);
  let serial = 0;
  let seed = 1;
  const make = (more: Partial<SemanticCacheDeps> = {}) =>
    createSemanticCache({
      kv,
      log,
      newId: log.newId,
      answers: { text: (ref) => Promise.resolve(answers.get(ref) ?? null) },
      now: () => setting.clock++,
      // Ids take chance too, and must differ.
      random: () => setting.chance + (seed++ % 1_000) / 1e6,
      ...deps,
      ...more,
    });
  const setting: Setting = {
    kv,
    log,
    answers,
    clock: 1_700_000_000_000,
    chance: 0.5,
    second: make,
    cache: undefined as never, // set on the next line; it needs the object it belongs to
    async ask(asked, answer) {
      const lookup = await setting.cache.lookup(asked);
      if (lookup.kind !== "call") return { lookup, settled: null };
      const answerRef = `answer-${serial++}`;
      answers.set(answerRef, answer);
      return {
        lookup,
        settled: await setting.cache.settle(lookup.ticket, { answerRef, text: answer, user: null }),
      };
    },
  };
  Object.assign(setting, { cache: make() });
  await use(setting);
}
