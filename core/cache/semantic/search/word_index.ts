/**
 * Search by words for the embedded matcher: an inverted index of content words finds the few entries
 * that share most of what the question says, and the matcher scores those.
 *
 * @module
 */
import type { Matcher } from "../matcher/matcher.ts";
import type { Found, Index, Probe } from "./index.ts";

/** Entries that the matcher looks at: those that share the most weight of words. */
const shortlist = 24;

interface Stored {
  readonly id: string;
  readonly probe: Probe;
  readonly stems: readonly string[];
  readonly weight: number;
}

/** Makes an empty index. */
export function wordIndex(matcher: Matcher): Index {
  const entries = new Map<string, Stored>();
  const postings = new Map<string, Set<Stored>>();

  const contentOf = (probe: Probe) => [...new Set(probe.question.content.map((item) => item.stem))];
  const weightOf = (stems: readonly string[]) =>
    stems.reduce((sum, stem) => sum + matcher.weigh(stem), 0);

  /** Shared weight of words for every entry that shares any, best first. */
  function candidates(probe: Probe): Stored[] {
    const stems = contentOf(probe);
    const weight = weightOf(stems);
    const shared = new Map<Stored, number>();
    for (const stem of stems) {
      const weighs = matcher.weigh(stem);
      for (const stored of postings.get(stem) ?? []) {
        shared.set(stored, (shared.get(stored) ?? 0) + weighs);
      }
    }
    return [...shared]
      .map(([stored, sum]) => ({ stored, share: 2 * sum / (weight + stored.weight) }))
      .filter(({ share }) => share >= 0.3)
      .sort((x, y) => y.share - x.share)
      .slice(0, shortlist)
      .map(({ stored }) => stored);
  }

  return {
    get size() {
      return entries.size;
    },
    add(id, probe) {
      this.remove(id);
      const stems = contentOf(probe);
      const stored = { id, probe, stems, weight: weightOf(stems) };
      entries.set(id, stored);
      for (const stem of stems) postings.set(stem, (postings.get(stem) ?? new Set()).add(stored));
    },
    remove(id) {
      const stored = entries.get(id);
      if (!stored) return;
      entries.delete(id);
      for (const stem of stored.stems) {
        const posting = postings.get(stem);
        posting?.delete(stored);
        if (posting?.size === 0) postings.delete(stem);
      }
    },
    get: (id) => entries.get(id)?.probe ?? null,
    search(probe, most) {
      return candidates(probe).map(({ id, probe: other }): Found => ({
        id,
        probe: other,
        similarity: probe.text === other.text ? 1 : matcher.score(probe.question, other.question),
      })).sort((x, y) => y.similarity - x.similarity).slice(0, most);
    },
  };
}
