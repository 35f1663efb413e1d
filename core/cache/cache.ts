/**
 * The cache put together: what the gateway asks for each call, and what people ask of it.
 *
 * @module
 */
import type { CacheDecision } from "../event/cache.ts";
import { Recent } from "../recent.ts";
import type { LogWriter } from "../log/contract.ts";
import type { KvPort } from "../log/kv.ts";
import type { ErasureData } from "../event/retention.ts";
import { createAnswerTexts } from "./answer_texts.ts";
import type { EntrySummary } from "./exact/entry.ts";
import { createNearestKeys, type NearestKeys } from "./exact/nearest.ts";
import { createExactStore, type ExactStore } from "./exact/store.ts";
import { boughtBy } from "./owner.ts";
import type { PartitionStanding, SemanticCache, SemanticTicket } from "./semantic/contract.ts";
import type { BeyondIndex } from "./semantic/beyond/port.ts";
import type { Embedder } from "./semantic/embed/embedder.ts";
import { createSemanticProjects } from "./semantic/projects.ts";
import type { CacheSettings, EmbedderSettings } from "./settings.ts";

export interface CachePorts {
  readonly kv: KvPort;
  /** Keeps what the semantic cache learns from. */
  readonly log: Pick<LogWriter, "append">;
  /** Makes event ids that sort by time. */
  readonly newId: () => string;
  readonly settings: (project: string) => CacheSettings | Promise<CacheSettings>;
  /** What a project's choice of an embedder stands for; null when it leads nowhere. */
  readonly embedder: (project: string, settings: EmbedderSettings) => Embedder | null;
  /** Where similar questions are searched that memory has no room for; without it they are dropped. */
  readonly beyond?: BeyondIndex;
  /** What was decided for a call of some time ago; null when that is not known. */
  readonly decisionOf: (project: string, event: string) => Promise<CacheDecision | null>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Bytes of answers in memory. @default {64 MiB} */
  readonly memoryBytes?: number;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** What is removed: everything that all given conditions fit. */
export interface Removal {
  readonly model?: string;
  readonly namespace?: string;
  /** How the last user turn begins, any case. */
  readonly prefix?: string;
  readonly olderThanSeconds?: number;
  readonly property?: { readonly name: string; readonly value: string };
  /** An entry's id or key. */
  readonly entry?: string;
}

/** What came of feedback. */
export interface Taught {
  /** `no_hit`: the call was not answered from the cache, or nothing is known of it. */
  readonly outcome: "evicted" | "noted" | "no_hit";
  readonly policyChange: "promoted" | "moved" | "demoted" | null;
}

export interface EntryPage {
  readonly entries: readonly EntrySummary[];
  readonly next: string | null;
}

export interface Cache {
  readonly store: ExactStore;
  readonly nearest: NearestKeys;
  readonly settings: CachePorts["settings"];
  readonly random: () => number;
  semantic(project: string, settings: CacheSettings): SemanticCache | null;
  track(work: Promise<unknown>): void;
  onHit(project: string, event: string, decision: CacheDecision): void;

  /** A project's entries, newest first; `q` is looked for in the question, the model and the provider. */
  entries(
    project: string,
    query: { readonly q?: string; readonly limit: number; readonly cursor?: string },
  ): Promise<EntryPage>;
  /** How many entries a project has, and their bytes; counted up to a bound. */
  size(project: string): Promise<{ entries: number; bytes: number; more: boolean }>;
  /** Removes entries; without a condition all of them, and the semantic cache's questions with them. */
  invalidate(project: string, removal: Removal): Promise<number>;
  /**
   * Removes what the calls of a user bought, or one call: answers, and the questions that they answer.
   * What does not say whose it is goes as well. Resolves to the number of both.
   */
  erase(project: string, whom: ErasureData): Promise<number>;
  /** How right the semantic cache is, context by context. */
  standing(project: string): Promise<readonly PartitionStanding[]>;
  /** Feedback on an answer: a wrong one is removed, and the semantic cache learns from it. */
  teach(project: string, event: string, good: boolean): Promise<Taught>;
  /** Resolves when nothing is being written. */
  idle(): Promise<void>;
}

/** Answers from the cache whose decision is kept in memory, for feedback that comes at once. */
const hitsKept = 10_000;
/** Entries that are looked at for one page or one count. */
const mostLookedAt = 20_000;

export function createCache(ports: CachePorts): Cache {
  const { kv, now, random, settings } = ports;
  const store = createExactStore({
    kv,
    now,
    warn: ports.warn,
    ...(ports.memoryBytes !== undefined && { memoryBytes: ports.memoryBytes }),
  });
  const working = new Set<Promise<unknown>>();
  const semantic = createSemanticProjects({
    kv,
    log: ports.log,
    newId: ports.newId,
    now,
    random,
    answers: createAnswerTexts(store),
    embedder: ports.embedder,
    track,
    ...(ports.beyond && { beyond: ports.beyond }),
  });
  const hits = new Recent<CacheDecision>(hitsKept);
  const hitName = (project: string, event: string) => `${project}\n${event}`;

  function track(work: Promise<unknown>): void {
    const tracked: Promise<unknown> = work.finally(() => working.delete(tracked));
    working.add(tracked);
  }

  async function erase(project: string, whom: ErasureData): Promise<number> {
    // What is being learnt must not be stored after this.
    await Promise.all(working);
    const isErased = boughtBy(whom);
    const answers = await store.erase(project, isErased);
    return answers + await semantic.erase(project, isErased);
  }

  async function semanticNow(project: string): Promise<SemanticCache | null> {
    return semantic.of(project, (await settings(project)).semantic);
  }

  async function entries(
    project: string,
    { q, limit, cursor }: { readonly q?: string; readonly limit: number; readonly cursor?: string },
  ): Promise<EntryPage> {
    const before = cursor === undefined ? undefined : readCursor(cursor);
    const found: EntrySummary[] = [];
    let seen = 0;
    let last: EntrySummary | null = null;
    for await (const entry of store.list(project, before ?? undefined)) {
      if (found.length === limit || seen === mostLookedAt) {
        return { entries: found, next: last && writeCursor(last) };
      }
      seen++;
      last = entry;
      if (q === undefined || mentions(entry, q)) found.push(entry);
    }
    return { entries: found, next: null };
  }

  async function size(project: string) {
    let count = 0;
    let bytes = 0;
    for await (const entry of store.list(project)) {
      if (count === mostLookedAt) return { entries: count, bytes, more: true };
      count++;
      bytes += entry.size;
    }
    return { entries: count, bytes, more: false };
  }

  async function invalidate(project: string, removal: Removal): Promise<number> {
    const oldest = removal.olderThanSeconds === undefined
      ? Infinity
      : now() - removal.olderThanSeconds * 1_000;
    const removed = await store.remove(project, (entry) => fits(entry, removal, oldest));
    if (Object.values(removal).every((condition) => condition === undefined)) {
      const similar = await semanticNow(project);
      if (similar) await similar.clear(project);
      else await semantic.erase(project, () => true);
    }
    return removed;
  }

  async function teach(project: string, event: string, good: boolean): Promise<Taught> {
    const decision = hits.get(hitName(project, event)) ?? await ports.decisionOf(project, event);
    if (!decision?.key || !isHit(decision)) return { outcome: "no_hit", policyChange: null };
    const policyChange = decision.reason === "similar"
      ? await teachSemantic(project, event, decision, good)
      : null;
    if (good) return { outcome: "noted", policyChange };
    // Of a similar question's answer, the question is forgotten; its own asker may still be right.
    if (decision.reason === "stored") {
      await store.remove(project, ({ key }) => key === decision.key);
    }
    return { outcome: "evicted", policyChange };
  }

  async function teachSemantic(
    project: string,
    event: string,
    decision: CacheDecision,
    good: boolean,
  ) {
    const { semantic: decided, similarity } = decision;
    const served = decided?.candidates.find(({ vetoes }) => vetoes.length === 0);
    const chosen = await settings(project);
    const cache = semantic.of(project, chosen.semantic);
    if (!decided?.partition || !served || !cache) return null;
    const { semantic: { error_target, verify_share, ttl_seconds, allow } } = chosen;
    const ticket: SemanticTicket = {
      scope: { projectId: project, partition: decided.partition },
      embedder: decided.embedder,
      turn: "",
      wouldHit: {
        entryId: served.entry,
        similarity: similarity ?? served.similarity,
        turn: "",
        answerRef: "",
      },
      verifying: false,
      settings: {
        mode: decided.mode,
        errorTarget: error_target,
        verifyShare: verify_share,
        ttlMs: ttl_seconds * 1_000,
        allow: {
          toolResults: allow.tool_results,
          images: allow.images,
          markedPii: allow.marked_pii,
        },
      },
    };
    return (await cache.feedback(ticket, served.entry, good, event)).policyChange;
  }

  return {
    store,
    nearest: createNearestKeys(),
    settings,
    random,
    semantic: (project, chosen) => semantic.of(project, chosen.semantic),
    track,
    onHit: (project, event, decision) => hits.set(hitName(project, event), decision),
    entries,
    size,
    invalidate,
    erase,
    async standing(project) {
      return await (await semanticNow(project))?.standing(project) ?? [];
    },
    teach,
    async idle() {
      while (working.size > 0) await Promise.all(working);
      await store.idle();
    },
  };
}

function isHit({ reason }: CacheDecision): boolean {
  return reason === "stored" || reason === "similar";
}

function fits(entry: EntrySummary, removal: Removal, oldest: number): boolean {
  const { model, namespace, prefix, property } = removal;
  return (model === undefined || entry.model === model) &&
    (namespace === undefined || entry.namespace === namespace) &&
    (prefix === undefined || entry.preview.toLowerCase().startsWith(prefix.toLowerCase())) &&
    entry.at <= oldest &&
    (property === undefined || entry.properties[property.name] === property.value) &&
    (removal.entry === undefined || entry.id === removal.entry || entry.key === removal.entry);
}

function mentions({ preview, model, provider, id, key }: EntrySummary, q: string): boolean {
  const wanted = q.toLowerCase();
  return id === q || key === q ||
    [preview, model, provider].some((text) => text.toLowerCase().includes(wanted));
}

/** Of a cursor: where the page before ended. Null when it is none of ours. */
export function readCursor(cursor: string): { readonly at: number; readonly key: string } | null {
  const [, at, key] = /^(\d{1,14})\.([0-9a-f]{64})$/.exec(cursor) ?? [];
  return at && key ? { at: Number(at), key } : null;
}

function writeCursor({ at, key }: EntrySummary): string {
  return `${at}.${key}`;
}
