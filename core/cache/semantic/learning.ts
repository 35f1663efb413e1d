/**
 * What a call's answer teaches: whether the entry that was found would have been right, and a new entry.
 * Feedback on a hit that was served teaches the same.
 *
 * Guarantees: it never throws because KV, the embedder or the judge failed; each step stands without the
 * others.
 *
 * @module
 */
import { errorName } from "../../caught.ts";
import type { JudgementData } from "../../event/judgement.ts";
import { compareAnswers } from "./agreement.ts";
import type { AnswerPort, JudgePort, SemanticTicket, Settled, SettledAnswer } from "./contract.ts";
import type { Embedder } from "./embed/embedder.ts";
import type { Entries } from "./entries.ts";
import type { Matcher } from "./matcher/matcher.ts";
import type { Outcome } from "./policy/policy.ts";
import type { PolicyStore } from "./policy_store.ts";

export interface LearningDeps {
  readonly stored: Entries;
  readonly policies: PolicyStore;
  readonly answers: AnswerPort;
  readonly matcher: Matcher;
  /** Null for the embedded matcher. */
  readonly embedder: Embedder | null;
  /** Names what similarities are comparable with. */
  readonly identity: string;
  readonly judge: JudgePort | null;
  readonly now: () => number;
}

export interface Learning {
  settle(ticket: SemanticTicket, answer: SettledAnswer): Promise<Settled>;
  feedback(
    ticket: SemanticTicket,
    entryId: string,
    correct: boolean,
    event?: string,
  ): Promise<Settled>;
}

/** What may be done with a call's answer, over one store of entries and policies. */
export function createLearning(deps: LearningDeps): Learning {
  const { stored, policies, answers, matcher, embedder, identity, now } = deps;

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
        problems.push(`${what}: ${errorName(error)}`);
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
      { weigh: matcher.weigh, embedder, judge: deps.judge },
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
      const problem = `feedback: ${errorName(error)}`;
      return { stored: false, outcome: null, policyChange: null, problem };
    }
  }

  return { settle, feedback };
}
