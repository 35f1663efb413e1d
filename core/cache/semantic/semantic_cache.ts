/**
 * The semantic cache put together: its entries, its policies, the lookup and what is learnt from answers.
 * It never throws because of KV, the embedder or the judge, and it never serves what any of them has not
 * confirmed.
 *
 * @module
 */
import type { LogWriter } from "../../log/contract.ts";
import type { KvPort } from "../../log/kv.ts";
import type { BeyondIndex } from "./beyond/port.ts";
import { wordVector } from "./beyond/word_vector.ts";
import type { AnswerPort, JudgePort, PartitionStanding, SemanticCache } from "./contract.ts";
import type { Embedder } from "./embed/embedder.ts";
import { createEntries } from "./entries.ts";
import { createLearning } from "./learning.ts";
import { createLookup } from "./lookup.ts";
import { matcherIdentity } from "./matcher/identity.ts";
import { createMatcher, type Matcher } from "./matcher/matcher.ts";
import { boundAt } from "./policy/policy.ts";
import { createPolicyStore } from "./policy_store.ts";
import type { Probe } from "./search/index.ts";
import { vectorIndex } from "./search/vector_index.ts";
import { wordIndex } from "./search/word_index.ts";
import { readQuestion } from "./text/question.ts";

export interface SemanticCacheDeps {
  readonly kv: KvPort;
  /** Keeps every outcome; what is learnt from them can be made anew from it. */
  readonly log: Pick<LogWriter, "append">;
  /** Makes event ids that sort by time. */
  readonly newId: () => string;
  readonly answers: AnswerPort;
  readonly now: () => number;
  /** From 0 up to 1; decides which hits are verified. */
  readonly random: () => number;
  /** Without one, the embedded matcher. */
  readonly embedder?: Embedder;
  readonly judge?: JudgePort;
  readonly matcher?: Matcher;
  /** Where questions are searched that memory has no room for; without one they are dropped. */
  readonly beyond?: BeyondIndex;
  /** Entries of a partition in memory. @default {10_000} */
  readonly capacity?: number;
  /** Told of work that goes on after a call has its answer. Never rejects. */
  readonly track?: (work: Promise<unknown>) => void;
}

/** Makes the semantic cache. */
export function createSemanticCache(deps: SemanticCacheDeps): SemanticCache {
  const { kv, now, random, answers } = deps;
  const embedder = deps.embedder ?? null;
  const matcher = deps.matcher ?? createMatcher();
  const identity = embedder?.identity ?? matcherIdentity;
  const { log, newId } = deps;
  const policies = createPolicyStore({ kv, log, now, newId, random });
  const stored = createEntries({
    kv,
    now,
    random,
    createIndex: () => embedder ? vectorIndex() : wordIndex(matcher),
    read: ({ turn, vector, user }): Probe => ({
      text: turn,
      question: readQuestion(turn),
      vector,
      user,
    }),
    ...(deps.track && { track: deps.track }),
    ...(deps.capacity !== undefined && { capacity: deps.capacity }),
    ...(deps.beyond && { beyond: { index: deps.beyond, vectorOf } }),
  });

  function vectorOf({ vector, question }: Probe): Float32Array {
    return embedder ? vector ?? new Float32Array() : wordVector(question, matcher.weigh);
  }

  async function standing(projectId: string): Promise<PartitionStanding[]> {
    const records = await policies.list(projectId);
    return await Promise.all(records.map(async ({ partition, record }) => {
      const { threshold, tallies, demotions } = record.state;
      const { index, beyond } = await stored.open(projectId, partition);
      return {
        partition,
        embedder: record.embedder,
        entries: index.size + beyond,
        outcomes: tallies[0]?.cases ?? 0,
        wrong: tallies[0]?.wrong ?? 0,
        threshold,
        falseHitBound: threshold === null ? null : boundAt(record.state, threshold),
        demotions,
      };
    }));
  }

  const ports = { stored, policies, embedder, identity };
  return {
    lookup: createLookup({ ...ports, random }),
    ...createLearning({ ...ports, answers, matcher, judge: deps.judge ?? null, now }),
    standing,
    forget: (projectId, partition, entryId) => stored.remove(projectId, partition, entryId),
    clear: (projectId) => stored.clear(projectId),
    drop: (projectId, gone) => stored.drop(projectId, gone),
  };
}
