/** Policies on a store, and judgements to teach them with. */
import { createPolicyStore, type PolicyStore } from "@/core/cache/semantic/policy_store.ts";
import type { JudgementData } from "@/core/event/judgement.ts";
import type { KvPort } from "@/core/log/kv.ts";
import { keptLog } from "./kept_log.ts";

export function policiesOn(kv: KvPort): PolicyStore {
  const log = keptLog(kv);
  return createPolicyStore({ kv, log, newId: log.newId, now: Date.now, random: Math.random });
}

/** A right answer in shadow, unless told otherwise. */
export function judged(partition: string, over: Partial<JudgementData> = {}): JudgementData {
  return {
    partition,
    embedder: "e",
    event_id: null,
    similarity: 0.98,
    correct: true,
    by: "exact",
    from: "shadow",
    error_target: 0.05,
    ...over,
  };
}
