/**
 * What the cache says of a made-up call: misses with the parts of their key, so that what breaks hits can
 * be asked of them.
 *
 * @module
 */
import type { CacheDecision } from "@/core/event/cache.ts";
import type { CallData } from "@/core/event/call.ts";

/** What of a call its key is made of. */
export interface Asked {
  readonly provider: string;
  readonly endpoint: string;
  readonly model: string;
  readonly feature: string;
  readonly question: string;
  readonly other: string;
  readonly isStored: boolean;
  /** Of a stored answer. */
  readonly ageMs: number;
}

/** What the cache says of a call, with the parts of a miss's key. */
export function decisionOf(cache: CallData["cache"], asked: Asked): CacheDecision {
  const { provider, endpoint, model, feature, question, other, isStored, ageMs } = asked;
  const key = digest(model, feature, question, other);
  if (cache === "HIT") return { reason: "stored", key, age_ms: ageMs };
  if (cache === "HIT-SEMANTIC") return { reason: "similar", key, similarity: 0.97 };
  if (cache === "BYPASS") return { reason: "temperature" };
  return {
    reason: "absent",
    key,
    components: {
      project: digest("project"),
      provider: digest(provider),
      endpoint: digest(endpoint),
      model: digest(model),
      version: digest("version"),
      system: digest("system", feature),
      messages: digest(question),
      tools: digest("tools", feature),
      response_format: digest("text"),
      sampling: digest("sampling"),
      other: digest(other),
      scope: digest("scope"),
    },
    ...(isStored && { ttl_seconds: 86_400 }),
  };
}

/** Sixteen hex digits out of texts: FNV-1a twice. */
function digest(...texts: readonly string[]): string {
  let [one, other] = [0x811c9dc5, 0x1b873593];
  for (const text of texts) {
    for (let i = 0; i < text.length; i++) {
      one = Math.imul(one ^ text.charCodeAt(i), 0x01000193);
      other = Math.imul(other ^ text.charCodeAt(i), 0x85ebca6b);
    }
  }
  return [one, other].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}
