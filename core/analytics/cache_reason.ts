/**
 * Why the cache did what it did, in a sentence.
 *
 * @module
 */
import type { CacheDecision, CacheReason } from "../event/cache.ts";
import type { CacheStatus } from "../event/call.ts";

/** For events that tell no reason. */
const byStatus: Readonly<Record<CacheStatus, string>> = {
  "HIT": "The same request was answered before and the answer was still fresh.",
  "HIT-SEMANTIC": "A request of the same meaning was answered before.",
  "HIT-COALESCED": "The same request was on its way already; both got its answer.",
  "MISS": "No fresh answer to this request was stored.",
  "BYPASS": "The cache was not asked for this request.",
};

const byReason: Readonly<Record<CacheReason, string>> = {
  stored: byStatus.HIT,
  similar: byStatus["HIT-SEMANTIC"],
  coalesced: byStatus["HIT-COALESCED"],
  absent: "No answer to this request was stored.",
  expired: "The stored answer was too old.",
  damaged: "The stored answer was damaged and was not used.",
  refresh: "The request asked for a fresh answer.",
  verifying: "A stored answer could have been given: this call was one of those that verify it.",
  off: "The project's settings keep the cache off.",
  off_by_request: "The request kept the cache off.",
  not_cacheable: "Answers to requests of this kind are not stored.",
  temperature:
    "The temperature is not 0, so that two answers may differ: the project's settings can allow it.",
  live_tools: "The request uses tools whose results change with the world.",
  stateful: "The request refers to what the provider keeps, so that its meaning changes.",
  stream_form: "The stream was asked for in a form that does not tell its end.",
  store_slow: "The store did not answer in time, so the provider was called.",
  store_failed: "The store could not be read, so the provider was called.",
};

/** The parts of a key as people call them. */
const partNames: Readonly<Record<string, string>> = {
  system: "the system prompt",
  messages: "the messages",
  tools: "the tools",
  response_format: "the response format",
  sampling: "the sampling parameters",
  other: "other fields",
  version: "the API version or beta headers",
  scope: "the namespace, seed or ignored fields",
};

export function cacheReason(status: CacheStatus, decision: CacheDecision | null): string {
  if (!decision) return byStatus[status];
  const { nearest, semantic } = decision;
  const sentences = [byReason[decision.reason]];
  if (nearest) sentences.push(nearestSentence(nearest));
  if (semantic) sentences.push(`Semantic cache: ${semantic.reason}`);
  return sentences.join(" ");
}

function nearestSentence({ differs, paths }: NonNullable<CacheDecision["nearest"]>): string {
  const parts = differs.map((name) => partNames[name] ?? `the ${name}`).join(" and ");
  const where = paths.length > 0 ? ` (${paths.join(", ")})` : "";
  return `The most alike request differs in ${parts}${where}.`;
}
