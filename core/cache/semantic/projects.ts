/**
 * The semantic caches of an installation: one for each embedder that a project has chosen, made when it
 * is first needed. Their entries share one place in KV, apart by project and by embedder.
 *
 * @module
 */
import type { LogWriter } from "../../log/contract.ts";
import type { KvPort } from "../../log/kv.ts";
import { Recent } from "../../recent.ts";
import type { EmbedderSettings } from "../settings.ts";
import type { AnswerPort, SemanticCache } from "./contract.ts";
import type { BeyondIndex } from "./beyond/port.ts";
import type { Embedder } from "./embed/embedder.ts";
import type { IsErased } from "../owner.ts";
import { createMatcher } from "./matcher/matcher.ts";
import { createSemanticCache } from "./semantic_cache.ts";
import { eraseStored } from "./stored_entry.ts";

export interface SemanticProjectsPorts {
  readonly kv: KvPort;
  readonly log: Pick<LogWriter, "append">;
  /** Makes event ids that sort by time. */
  readonly newId: () => string;
  readonly answers: AnswerPort;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** What a project's choice stands for; null when it cannot be had. */
  readonly embedder: (project: string, settings: EmbedderSettings) => Embedder | null;
  /** Where questions are searched that memory has no room for. */
  readonly beyond?: BeyondIndex;
  /** Told of work that goes on after a call has its answer. Never rejects. */
  readonly track: (work: Promise<unknown>) => void;
}

/** Caches kept; the one unused longest is dropped and reads its entries again when needed. */
const kept = 64;

export function createSemanticProjects(ports: SemanticProjectsPorts) {
  const { kv, log, newId, answers, now, random, beyond, track } = ports;
  const caches = new Recent<SemanticCache>(kept);
  const matcher = createMatcher();
  const shared = { kv, log, newId, answers, now, random, track };
  const common = { ...shared, matcher, ...(beyond && { beyond }) };

  /** Null when the project's embedder cannot be had. */
  function semanticOf(
    project: string,
    { embedder: settings }: { readonly embedder: EmbedderSettings },
  ): SemanticCache | null {
    const embedder = settings.kind === "embedded" ? null : ports.embedder(project, settings);
    if (settings.kind !== "embedded" && !embedder) return null;
    // A provider's key may be the project's own.
    const name = embedder ? `${project}\n${embedder.identity}` : "embedded";
    const known = caches.get(name);
    if (known) return known;
    const made = createSemanticCache({ ...common, ...(embedder && { embedder }) });
    caches.set(name, made);
    return made;
  }

  return {
    of: semanticOf,
    /** Removes what is erased of a project, whatever found it; resolves to the number. */
    async erase(project: string, isErased: IsErased): Promise<number> {
      const gone = await eraseStored({ kv, ...(beyond && { beyond }) }, project, isErased);
      for (const cache of caches.values()) cache.drop(project, gone);
      return gone.length;
    },
  };
}
