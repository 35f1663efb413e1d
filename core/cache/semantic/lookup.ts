/**
 * Looks for a stored question that asks the same: in its partition, past the guards, above what the
 * partition has earned. Every outcome is explained.
 *
 * Guarantees: it never throws because KV, the embedder or the index beyond memory failed, and never
 * serves what any of them has not confirmed.
 *
 * @module
 */
import { errorName } from "../../caught.ts";
import { BeyondUnavailable } from "./beyond/port.ts";
import type {
  Candidate,
  SemanticExplanation,
  SemanticLookup,
  SemanticRequest,
  SemanticTicket,
  Veto,
} from "./contract.ts";
import type { Embedder } from "./embed/embedder.ts";
import type { Entries } from "./entries.ts";
import { vetoesOf } from "./guards/guards.ts";
import { type Partition, partitionOf } from "./partition.ts";
import { decide, isWouldBeHit, type PolicyState } from "./policy/policy.ts";
import type { PolicyStore } from "./policy_store.ts";
import type { Found, Probe } from "./search/index.ts";
import { readQuestion } from "./text/question.ts";
import { splitTurn } from "./turn.ts";

export interface LookupDeps {
  readonly stored: Entries;
  readonly policies: PolicyStore;
  /** Null for the embedded matcher. */
  readonly embedder: Embedder | null;
  /** Names what similarities are comparable with. */
  readonly identity: string;
  /** From 0 up to 1; decides which hits are verified. */
  readonly random: () => number;
}

/** Candidates that the guards look at and an explanation shows. */
const shown = 5;

/** The lookup over one store of entries and policies. */
export function createLookup(
  { stored, policies, embedder, identity, random }: LookupDeps,
): (request: SemanticRequest) => Promise<SemanticLookup> {
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
      const why = errorName(error);
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

  return lookup;
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
