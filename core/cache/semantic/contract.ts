/**
 * What the gateway's cache stage may ask of the semantic cache. This file owns the names; the rest of
 * the folder implements them.
 *
 * The order of calls for one request: `lookup()`; when it answers `serve`, send the stored answer and
 * stop; otherwise call the provider and hand its complete answer to `settle()`, which stores it as an
 * entry and, where a would-be hit waits for its verdict, compares the two answers and learns from it.
 * Neither call throws because KV, the embedder or the judge failed: they report it as a reason.
 *
 * @module
 */

import type { StoredPlace } from "./stored_entry.ts";

/** `shadow` measures and never serves; `serve` serves once shadow has earned it, and not before. */
export type SemanticMode = "off" | "shadow" | "serve";

/** What a project may set. */
export interface SemanticSettings {
  readonly mode: SemanticMode;
  /** Highest acceptable share of wrong answers among served ones, above 0 and below 0.5. */
  readonly errorTarget: number;
  /** Share of servable hits that are sent to the provider instead and compared, for ever. */
  readonly verifyShare: number;
  /** Milliseconds an entry may be served after it was stored. */
  readonly ttlMs: number;
  /** Requests that are left out unless the project says otherwise. */
  readonly allow: {
    readonly toolResults: boolean;
    readonly images: boolean;
    readonly markedPii: boolean;
  };
}

export const defaultSemanticSettings: SemanticSettings = {
  mode: "off",
  errorTarget: 0.05,
  verifyShare: 0.05,
  ttlMs: 24 * 3_600_000,
  allow: { toolResults: false, images: false, markedPii: false },
};

/** A request as the gateway has parsed it. */
export interface SemanticRequest {
  readonly projectId: string;
  readonly provider: string;
  /** The operation's path without the host, such as `/v1/chat/completions`. */
  readonly endpoint: string;
  readonly model: string;
  /** The parsed JSON body in the provider's own form. */
  readonly body: unknown;
  /** What else decides the answer: API version, beta headers, seed or namespace from headers. */
  readonly variant?: Readonly<Record<string, string>>;
  /** The caller marked the request as holding personal data. */
  readonly markedPii?: boolean;
  /** Whose call it is, where it says so. */
  readonly user?: string | null;
  readonly settings: SemanticSettings;
}

/** Why a request takes no part. */
export type Ineligible =
  | "mode_off"
  | "unknown_format"
  | "no_user_turn"
  | "tool_results"
  | "images"
  | "marked_pii"
  | "too_long";

/** A guard's veto: which guard, and what it saw on either side. */
export interface Veto {
  readonly guard: string;
  readonly query: string;
  /** Empty when the entry is another user's. */
  readonly entry: string;
}

/** A stored question that was considered. */
export interface Candidate {
  readonly entryId: string;
  /** The embedder's score, 0 to 1; scores of different embedders do not compare. */
  readonly similarity: number;
  readonly vetoes: readonly Veto[];
}

/** The decision, for `X-WatchLLM-Explain` and the event. Holds no question text but the vetoes' words. */
export interface SemanticExplanation {
  readonly mode: SemanticMode;
  readonly partition: string | null;
  /** SHA-256 of each part of the context apart, so that two partitions can be told apart by name. */
  readonly components: Readonly<Record<string, string>>;
  readonly embedder: string;
  /** Entries in the partition when it was searched. */
  readonly entries: number;
  /** The best few, best first, the vetoed ones included. */
  readonly candidates: readonly Candidate[];
  /** Similarity from which this partition serves; null while it has not earned any. */
  readonly threshold: number | null;
  readonly errorTarget: number;
  /** A sentence for people. */
  readonly reason: string;
}

/** What `settle()` needs back; opaque to the gateway and safe to drop. */
export interface SemanticTicket {
  readonly scope: { readonly projectId: string; readonly partition: string };
  readonly embedder: string;
  readonly turn: string;
  readonly wouldHit: {
    readonly entryId: string;
    readonly similarity: number;
    readonly turn: string;
    readonly answerRef: string;
  } | null;
  /** This hit could have been served and is compared instead. */
  readonly verifying: boolean;
  readonly settings: SemanticSettings;
}

export type SemanticLookup =
  | { readonly kind: "ineligible"; readonly why: Ineligible; readonly explain: SemanticExplanation }
  /** The lookup could not be made: report `BYPASS` with this reason and call the provider. */
  | { readonly kind: "bypass"; readonly why: string; readonly explain: SemanticExplanation }
  /** Call the provider, then `settle(ticket, …)`. `verifying` tells a re-verified hit from a miss. */
  | {
    readonly kind: "call";
    readonly verifying: boolean;
    readonly ticket: SemanticTicket;
    readonly explain: SemanticExplanation;
  }
  /** Send the stored answer that `answerRef` names. When it is gone, `forget()` the entry and call. */
  | {
    readonly kind: "serve";
    readonly entryId: string;
    readonly answerRef: string;
    readonly similarity: number;
    readonly ticket: SemanticTicket;
    readonly explain: SemanticExplanation;
  };

/** A complete 2xx answer with a final finish reason; the gateway settles no other. */
export interface SettledAnswer {
  /** Where the exact cache keeps it. */
  readonly answerRef: string;
  /** The assistant's text, and tool calls as canonical JSON, as one string. */
  readonly text: string;
  /** The call that bought it. */
  readonly event?: string;
  /** That call's user; null when it names none. */
  readonly user?: string | null;
}

/** How two answers were found to agree or not. */
export type Agreement = "exact" | "normalised" | "embedding" | "words" | "judge";

/** One learnt outcome, small enough to go into the event. */
export interface SemanticOutcome {
  readonly similarity: number;
  readonly correct: boolean;
  readonly by: Agreement | "feedback";
}

export interface Settled {
  readonly stored: boolean;
  readonly outcome: SemanticOutcome | null;
  /** Set when this outcome changed what the partition serves. */
  readonly policyChange: "promoted" | "moved" | "demoted" | null;
  /** Why something of it could not be done, when so. */
  readonly problem: string | null;
}

/** The part of the exact cache that the semantic one needs. */
export interface AnswerPort {
  /** The stored answer's text in the form of `SettledAnswer.text`; null when it is gone. */
  text(answerRef: string): Promise<string | null>;
}

/** Asks a model whether two answers to two questions say the same. */
export interface JudgePort {
  agree(input: {
    readonly questionA: string;
    readonly answerA: string;
    readonly questionB: string;
    readonly answerB: string;
  }): Promise<boolean>;
}

/** One partition's standing, for `GET /v1/cache/stats`. */
export interface PartitionStanding {
  readonly partition: string;
  readonly embedder: string;
  readonly entries: number;
  readonly outcomes: number;
  readonly wrong: number;
  readonly threshold: number | null;
  /** Upper confidence bound of the false-hit rate from that threshold up; null without one. */
  readonly falseHitBound: number | null;
  readonly demotions: number;
}

export interface SemanticCache {
  lookup(request: SemanticRequest): Promise<SemanticLookup>;
  settle(ticket: SemanticTicket, answer: SettledAnswer): Promise<Settled>;
  /** Feedback on a served hit: wrong evicts the entry and teaches; praise is only noted. */
  feedback(
    ticket: SemanticTicket,
    entryId: string,
    correct: boolean,
    event?: string,
  ): Promise<Settled>;
  /** Removes one entry. */
  forget(projectId: string, partition: string, entryId: string): Promise<void>;
  /** Removes a project's entries; resolves to their number. What was learnt stays. */
  clear(projectId: string): Promise<number>;
  /** Forgets entries that were taken out of KV. */
  drop(projectId: string, gone: readonly StoredPlace[]): void;
  standing(projectId: string): Promise<readonly PartitionStanding[]>;
}
