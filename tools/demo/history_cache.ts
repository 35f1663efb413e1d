/**
 * What the cache would have done for a call of the history: the keys are the gateway's own, an answer
 * lives for a day, and a hit cost nothing.
 *
 * @module
 */
import { keyOf } from "@/core/cache/exact/key.ts";
import type { ExactKey } from "@/core/cache/exact/key.ts";
import type { CallData } from "@/core/event/call.ts";
import { free } from "@/core/pricing/price.ts";
import type { Random } from "../simulator/random.ts";
import type { AppendArguments } from "./call_event.ts";
import type { Exchange } from "./exchange.ts";
import type { PlannedCall } from "./plan.ts";

const ttlMs = 86_400_000;
/** Hex digits of a part's hash that events keep. */
const digits = 16;

interface Bought {
  readonly event: string;
  readonly at: number;
  readonly usd: string | null;
  readonly latency: number;
}

export class HistoryCache {
  readonly #project: string;
  readonly #random: Random;
  readonly #bought = new Map<string, Bought>();
  readonly #keys = new WeakMap<Exchange, ExactKey>();

  constructor(project: string, random: Random) {
    this.#project = project;
    this.#random = random;
  }

  /** The call as it is with a cache before it. */
  apply(call: PlannedCall, exchange: Exchange, made: AppendArguments): AppendArguments {
    const { event, payloads } = made;
    if (!("cache" in event.data)) return made;
    const { data } = event;
    if (call.cache === "off") return withData(made, { cache_decision: { reason: "temperature" } });
    const key = this.#keyOf(call, exchange);
    const bought = this.#bought.get(key.hash);
    if (bought && call.at - bought.at < ttlMs) {
      const latency = Math.round(this.#random.logNormal(1.4, 0.4) * 100) / 100;
      const { response: _, ...kept } = payloads;
      return withData({ event, payloads: kept }, {
        cache: "HIT",
        cost: free(),
        latency_ms: latency,
        ttft_ms: latency,
        saved_cost_usd: bought.usd,
        saved_latency_ms: Math.max(0, bought.latency - latency),
        cache_decision: {
          reason: "stored",
          key: key.hash,
          age_ms: call.at - bought.at,
          source_event: bought.event,
          ttl_seconds: ttlMs / 1_000,
        },
      });
    }
    const stored = event.type === "call.completed";
    if (stored) {
      const { cost, latency_ms } = data;
      this.#bought.set(key.hash, {
        event: event.id,
        at: call.at,
        usd: cost.usd,
        latency: latency_ms ?? 0,
      });
    }
    return withData(made, {
      cache: "MISS",
      cache_decision: {
        reason: bought ? "expired" : "absent",
        key: key.hash,
        components: Object.fromEntries(
          Object.entries(key.components).map(([name, hash]) => [name, hash.slice(0, digits)]),
        ),
        ...(stored && { ttl_seconds: ttlMs / 1_000 }),
      },
    });
  }

  #keyOf(call: PlannedCall, exchange: Exchange): ExactKey {
    const known = this.#keys.get(exchange);
    if (known) return known;
    const made = keyOf({
      project: this.#project,
      provider: call.provider,
      origin: "simulated",
      endpoint: exchange.path.replace(":streamGenerateContent", ":generateContent"),
      model: call.model,
      version: {},
      body: JSON.parse(exchange.request),
      bothForms: true,
      stream: call.stream,
      scope: { namespace: "", seed: "", bucket: 0, ignore: [], customKey: null },
    });
    this.#keys.set(exchange, made);
    return made;
  }
}

function withData({ event, payloads }: AppendArguments, data: Partial<CallData>): AppendArguments {
  // `apply` has seen that the event is a call's.
  return { event: { ...event, data: { ...event.data, ...data } } as typeof event, payloads };
}
