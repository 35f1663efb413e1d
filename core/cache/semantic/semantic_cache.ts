/**
 * The semantic cache put together: partition, search, guards, policy. It never throws because of KV,
 * the embedder or the judge, and it never serves what any of them has not confirmed.
 *
 * @module
 */
import type { LogWriter } from "../../log/contract.ts";
import type { KvPort } from "../../log/kv.ts";
import { compareAnswers } from "./agreement.ts";
import type {
  AnswerPort,
  Candidate,
  JudgePort,
  PartitionStanding,
  SemanticCache,
  SemanticExplanation,
  SemanticLookup,
  SemanticRequest,
  SemanticTicket,
  Settled,
  SettledAnswer,
  Veto,
} from "./contract.ts";
import { type BeyondIndex, BeyondUnavailable } from "./beyond/port.ts";
import { wordVector } from "./beyond/word_vector.ts";
import type { JudgementData } from "../../event/judgement.ts";
import type { Embedder } from "./embed/embedder.ts";
import { createEntries } from "./entries.ts";
import { vetoesOf } from "./guards/guards.ts";
import { createMatcher, type Matcher } from "./matcher/matcher.ts";
import { matcherIdentity } from "./matcher/identity.ts";
import { type Partition, partitionOf } from "./partition.ts";
import { createPolicyStore } from "./policy_store.ts";
import { boundAt, decide, isWouldBeHit, type Outcome, type PolicyState } from "./policy/policy.ts";
import type { Found, Probe } from "./search/index.ts";
import { vectorIndex } from "./search/vector_index.ts";
import { wordIndex } from "./search/word_index.ts";
import { readQuestion } from "./text/question.ts";
import { splitTurn } from "./turn.ts";

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

/** Candidates that the guards look at and an explanation shows. */
const shown = 5;

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

  async function probe(text: string, user: string | null | undefined): Promise<Probe> {
    const [vector = null] = embedder ? await embedder.embed([text]) : [];
    return { text, question: readQuestion(text), vector, user };
  }

  function explaining(request: SemanticRequest, partition: Partition | null) {
    const { mode, errorTarget } = request.settings;
    return (reason: string, found: Partial<SemanticExplanation> = {}): SemanticExplanation => ({
      mode,
      partition: partition?.name ?? null,
      components: partition?.components ?? {},
      embedder: identity,
      entries: 0,
      candidates: [],
      threshold: null,
      errorTarget,
      ...found,
      reason,
    });
  }

  function candidateOf(asked: Probe, { id, probe: stored, similarity }: Found): Candidate {
    const vetoes = vetoesOf(asked.question, stored.question);
    // The decision stays with this call: it must not quote what another user can have erased.
    const isOwn = stored.user !== undefined && stored.user === asked.user;
    return { entryId: id, similarity, vetoes: isOwn ? vetoes : vetoes.map(withoutEntry) };
  }

  async function lookup(request: SemanticRequest): Promise<SemanticLookup> {
    const { settings, projectId } = request;
    const ineligible = whyNot(request);
    if (ineligible) {
      return {
        kind: "ineligible",
        why: ineligible,
        explain: explaining(request, null)(ineligible),
      };
    }
    const split = splitTurn(request.body, settings.allow);
    if ("why" in split) {
      return { kind: "ineligible", why: split.why, explain: explaining(request, null)(split.why) };
    }
    const partition = partitionOf({ ...request, context: split.context, embedder: identity });
    try {
      return await search(request, split.turn, partition);
    } catch (error) {
      const why = error instanceof Error ? error.name : "unknown";
      return {
        kind: "bypass",
        why: `semantic_${why}`,
        explain: explaining(request, partition)(
          `The lookup failed (${why}), project ${projectId}.`,
        ),
      };
    }
  }

  async function search(
    request: SemanticRequest,
    turn: string,
    partition: Partition,
  ): Promise<SemanticLookup> {
    const { projectId, settings } = request;
    const scope = { projectId, partition: partition.name };
    const [asked, held, policy] = await Promise.all([
      probe(turn, request.user),
      stored.open(projectId, partition.name),
      policies.read(projectId, partition.name, settings.errorTarget),
    ]);
    const inMemory = held.index.search(asked, shown).map((one) => candidateOf(asked, one));
    const beyond = inMemory.some(isServable) ? nothingBeyond : await searchBeyond(scope, asked);
    const candidates = [...inMemory, ...beyond.candidates]
      .sort((x, y) => y.similarity - x.similarity).slice(0, shown);
    const entries = held.index.size + held.beyond;
    const seen = { entries, candidates, threshold: policy.threshold };
    const explain = explaining(request, partition);
    const ticket: SemanticTicket = {
      scope,
      embedder: identity,
      turn,
      wouldHit: null,
      verifying: false,
      settings,
    };
    const miss = (reason: string): SemanticLookup => ({
      kind: "call",
      verifying: false,
      ticket,
      explain: explain(reason + beyond.problem, seen),
    });

    const best = candidates.find((one) => one.vetoes.length === 0);
    if (!best) return miss(whyMissed(candidates));
    if (!isWouldBeHit(best.similarity)) return miss("The nearest entry is not similar enough.");
    const entry = await stored.get(projectId, partition.name, best.entryId);
    if (!entry) return miss("The nearest entry has expired or was removed.");
    const { entryId, similarity } = best;
    const wouldHit = { entryId, similarity, turn: entry.turn, answerRef: entry.answerRef };
    const decision = decide(policy, {
      mode: settings.mode,
      similarity,
      verifyShare: settings.verifyShare,
      chance: random(),
    });
    if (decision === "serve") {
      return {
        kind: "serve",
        entryId,
        answerRef: entry.answerRef,
        similarity,
        ticket: { ...ticket, wouldHit },
        explain: explain("Served: similar, unopposed, and above the threshold learnt here.", seen),
      };
    }
    const verifying = decision === "verify";
    return {
      kind: "call",
      verifying,
      ticket: { ...ticket, wouldHit, verifying },
      explain: explain(whyCalled(verifying, request, policy), seen),
    };
  }

  /** What memory has no room for; nothing, with the reason, when it cannot be searched in time. */
  async function searchBeyond(
    { projectId, partition }: SemanticTicket["scope"],
    asked: Probe,
  ): Promise<{ readonly candidates: readonly Candidate[]; readonly problem: string }> {
    try {
      const found = await stored.searchBeyond(projectId, partition, asked, shown);
      return { candidates: found.map((one) => candidateOf(asked, one)), problem: "" };
    } catch (error) {
      const why = error instanceof BeyondUnavailable ? error.message : "they could not be read";
      return { candidates: [], problem: ` Older questions were not searched: ${why}.` };
    }
  }

  async function settle(
    ticket: SemanticTicket,
    answer: SettledAnswer,
  ): Promise<Settled> {
    const { scope, turn, settings } = ticket;
    const problems: string[] = [];
    const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | null> => {
      try {
        return await work();
      } catch (error) {
        problems.push(`${what}: ${error instanceof Error ? error.name : "unknown"}`);
        return null;
      }
    };
    const judged = await attempt("compare", () => judge(ticket, answer.text));
    const change = judged && await attempt("learn", () => teach(ticket, judged, answer.event));
    const kept = await attempt("store", async () => {
      const [vector = null] = embedder ? await embedder.embed([turn]) : [];
      const expiresAt = now() + settings.ttlMs;
      const { answerRef, event, user } = answer;
      const entry = { turn, answerRef, expiresAt, vector, event, user };
      const { wouldHit } = ticket;
      const older = wouldHit?.turn === turn ? wouldHit.entryId : undefined;
      return await stored.put(scope.projectId, scope.partition, entry, older);
    });
    return {
      stored: kept !== null,
      outcome: judged && { similarity: judged.similarity, correct: judged.correct, by: judged.by },
      policyChange: change ?? null,
      problem: problems.length === 0 ? null : problems.join("; "),
    };
  }

  async function judge({ wouldHit, turn, verifying }: SemanticTicket, text: string) {
    if (!wouldHit) return null;
    const answer = await answers.text(wouldHit.answerRef);
    // Nothing to compare with: it would have been no hit.
    if (answer === null) return null;
    const verdict = await compareAnswers(
      { question: wouldHit.turn, answer },
      { question: turn, answer: text },
      { weigh: matcher.weigh, embedder, judge: deps.judge ?? null },
    );
    const from = verifying ? "verified" as const : "shadow" as const;
    return { ...verdict, similarity: wouldHit.similarity, from };
  }

  function teach(
    { scope, settings }: SemanticTicket,
    { similarity, correct, from, by }: Outcome & Pick<JudgementData, "by">,
    event: string | undefined,
  ) {
    return policies.learn(scope.projectId, {
      partition: scope.partition,
      embedder: identity,
      event_id: event ?? null,
      similarity,
      correct,
      by,
      from,
      error_target: settings.errorTarget,
    });
  }

  async function feedback(
    ticket: SemanticTicket,
    entryId: string,
    correct: boolean,
    event?: string,
  ): Promise<Settled> {
    const similarity = ticket.wouldHit?.similarity ?? 1;
    try {
      if (!correct) {
        await stored.remove(ticket.scope.projectId, ticket.scope.partition, entryId);
      }
      const outcome = { similarity, correct, by: "feedback" as const };
      const policyChange = await teach(ticket, { ...outcome, from: "feedback" }, event);
      return { stored: false, outcome, policyChange, problem: null };
    } catch (error) {
      const problem = `feedback: ${error instanceof Error ? error.name : "unknown"}`;
      return { stored: false, outcome: null, policyChange: null, problem };
    }
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

  return {
    lookup,
    settle,
    feedback,
    standing,
    forget: (projectId, partition, entryId) => stored.remove(projectId, partition, entryId),
    clear: (projectId) => stored.clear(projectId),
    drop: (projectId, gone) => stored.drop(projectId, gone),
  };
}

function withoutEntry(veto: Veto): Veto {
  return { ...veto, entry: "" };
}

const nothingBeyond = { candidates: [], problem: "" };

function isServable({ vetoes, similarity }: Candidate): boolean {
  return vetoes.length === 0 && isWouldBeHit(similarity);
}

function whyNot({ settings, markedPii }: SemanticRequest) {
  if (settings.mode === "off") return "mode_off" as const;
  return markedPii && !settings.allow.markedPii ? "marked_pii" as const : null;
}

function whyMissed(candidates: readonly Candidate[]): string {
  const [nearest] = candidates;
  if (!nearest) return "No entry of this context shares enough with the question.";
  const names = nearest.vetoes.map((veto) => veto.guard).join(", ");
  return `The nearest entry is vetoed by: ${names}.`;
}

function whyCalled(verifying: boolean, request: SemanticRequest, policy: PolicyState): string {
  if (verifying) return "Could be served; called instead, as one of the sample that is verified.";
  if (request.settings.mode === "shadow") {
    return "Shadow: the would-be hit is compared, not served.";
  }
  return policy.threshold === null
    ? "This context has not yet earned serving; the would-be hit is compared."
    : "Below the threshold learnt here; the would-be hit is compared.";
}
