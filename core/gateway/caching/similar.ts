/**
 * The answer to the same question in other words, from a project's semantic cache.
 *
 * Guarantees: a cache that is slow or down costs a few calls of its project their deadline, then one in a
 * second, and never an answer; what is found is another project's never, and no older than this request
 * allows.
 *
 * @module
 */
import { readAnswerRef } from "../../cache/answer_texts.ts";
import type { ExactStore } from "../../cache/exact/store.ts";
import type { SemanticCache, SemanticLookup } from "../../cache/semantic/contract.ts";
import type { CacheSettings } from "../../cache/settings.ts";
import type { CacheDecision, CacheReason } from "../../event/cache.ts";
import type { Call } from "../call.ts";
import { userOf } from "../call_event.ts";
import { type Asked, semanticSettings } from "./asked.ts";
import { semanticDecision } from "./decision.ts";
import { type Hit, hitOf } from "./hit.ts";
import type { Learning } from "./keep.ts";
import { Rests } from "./rests.ts";
import { within } from "./within.ts";

export interface SimilarPorts {
  readonly store: ExactStore;
  /** The semantic cache that finds with a project's embedder; null without one. */
  readonly semantic: (project: string, settings: CacheSettings) => SemanticCache | null;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** What came of looking for a similar question. */
export interface Similar {
  /** The answer to give; absent when the provider is to be called. */
  readonly hit?: Hit;
  /** Null when it did not come to an end. */
  readonly lookup: SemanticLookup | null;
  /** What the provider's answer teaches; null for nothing. */
  readonly learning: Learning | null;
  /** Why the provider is called; absent where the exact cache's own outcome stands. */
  readonly why?: CacheReason;
}

/** @returns null for a project or a request that looks for none */
export function similarSearch(ports: SimilarPorts): (asked: Asked) => Promise<Similar | null> {
  /** Projects whose similar questions took too long to find. */
  const rests = new Rests();

  async function findSimilar(asked: Asked): Promise<Similar | null> {
    const { call, project, settings, semantic: mode } = asked;
    if (mode === "off") return null;
    const cache = ports.semantic(project, settings);
    if (!cache) return null;
    if (rests.isResting(project, ports.now())) return unknown(asked, "store_slow");
    const read = await within(
      settings.semantic.timeout_ms,
      cache.lookup({
        projectId: project,
        provider: asked.provider,
        endpoint: call.route.path,
        model: asked.model,
        body: asked.body,
        // Every part of the exact key that is no part of the body.
        variant: variantOf(asked),
        markedPii: isMarkedPii(call),
        user: userOf(call),
        settings: semanticSettings(asked),
      }),
    );
    if (read.kind === "slow") rests.wasSlow(project, ports.now());
    else rests.wasFine(project);
    if (read.kind !== "done") {
      return unknown(asked, read.kind === "slow" ? "store_slow" : "store_failed");
    }
    const lookup = read.value;
    if (lookup.kind === "ineligible") return { lookup, learning: null };
    if (lookup.kind === "bypass") {
      // Where the exact cache takes part, its own outcome stands.
      return { lookup, learning: null, ...(asked.notExact && { why: "store_failed" as const }) };
    }
    const learning = { cache, ticket: lookup.ticket };
    if (lookup.kind === "call") {
      return { lookup, learning, ...(lookup.verifying && { why: "verifying" as const }) };
    }
    const hit = await servable(asked, lookup);
    if (hit) return { hit, lookup, learning };
    const { scope } = lookup.ticket;
    // One that stays is found to have no answer once more.
    cache.forget(scope.projectId, scope.partition, lookup.entryId).catch(() => {});
    return { lookup, learning: { cache, ticket: { ...lookup.ticket, wouldHit: null } } };
  }

  /** Null when the stored answer is gone, too old, or not similar enough for this request. */
  async function servable(
    asked: Asked,
    lookup: Extract<SemanticLookup, { kind: "serve" }>,
  ): Promise<Hit | null> {
    const { options, project, settings } = asked;
    const { key, project: owner } = readAnswerRef(lookup.answerRef);
    if (owner !== project || lookup.similarity < (options.minSimilarity ?? 0)) return null;
    const found = ports.store.peek(project, key) ??
      await within(settings.lookup_timeout_ms, ports.store.read(project, key))
        .then((read) => read.kind === "done" && typeof read.value !== "string" ? read.value : null);
    const hit = found && hitOf(asked, found, ports.clock);
    if (!hit) return null;
    const decision: CacheDecision = {
      ...hit.decision,
      reason: "similar",
      similarity: lookup.similarity,
      semantic: semanticDecision(lookup),
    };
    return { ...hit, status: "HIT-SEMANTIC", decision };
  }

  return findSimilar;
}

/** Where the exact cache takes part, its own outcome stands. */
function unknown({ notExact }: Asked, why: CacheReason): Similar {
  return { lookup: null, learning: null, ...(notExact && { why }) };
}

function variantOf({ key: { components } }: Asked): Record<string, string> {
  const { provider, endpoint, version, scope } = components;
  return { provider, endpoint, version, scope };
}

/** A property by which callers mark what must not be kept for others. */
function isMarkedPii({ headers }: Call): boolean {
  const { pii } = headers.attributes.properties;
  return pii !== undefined && !/^(false|0|no|off|)$/i.test(pii);
}
