/**
 * Decisions in the form that events keep.
 *
 * @module
 */
import type { SemanticDecision } from "../../event/cache.ts";
import type { Components } from "../../cache/exact/key.ts";
import type { SemanticExplanation, SemanticLookup } from "../../cache/semantic/contract.ts";

/** Hex digits of a part's hash that are kept: 64 bits. */
const digits = 16;
/** Characters of a word that a veto quotes. */
const longestQuote = 80;

/** The hashes of a key's parts, cut to what tells two of them apart. */
export function componentsOf(components: Components): Record<string, string> {
  return Object.fromEntries(
    Object.entries(components).map(([name, hash]) => [name, hash.slice(0, digits)]),
  );
}

/** Without the text of any question but the vetoes' words. */
export function semanticDecision(lookup: SemanticLookup): SemanticDecision {
  const { explain } = lookup;
  return {
    mode: explain.mode,
    partition: explain.partition,
    embedder: explain.embedder,
    entries: explain.entries,
    threshold: explain.threshold,
    error_target: explain.errorTarget,
    candidates: explain.candidates.slice(0, 5).map(candidateOf),
    verifying: lookup.kind === "call" && lookup.verifying,
    reason: explain.reason,
  };
}

function candidateOf({ entryId, similarity, vetoes }: SemanticExplanation["candidates"][number]) {
  return {
    entry: entryId,
    similarity,
    vetoes: vetoes.slice(0, 8).map(({ guard, query, entry }) => ({
      guard,
      query: query.slice(0, longestQuote).toWellFormed(),
      entry: entry.slice(0, longestQuote).toWellFormed(),
    })),
  };
}
