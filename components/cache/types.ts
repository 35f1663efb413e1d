/**
 * What the cache page is made of.
 *
 * @module
 */
import type { CacheFigures } from "@/core/analytics/cache_figures.ts";
import type { MissRank } from "@/core/analytics/cache_misses.ts";
import type { Timeseries } from "@/core/analytics/types.ts";
import type { CacheSettings } from "@/core/cache/settings.ts";

/** As `GET /v1/cache/stats` gives it. */
export interface CacheStats extends CacheFigures {
  readonly date_from: string;
  readonly stored: { readonly entries: number; readonly bytes: number; readonly more: boolean };
}

/** As `GET /v1/cache/policy` gives it. */
export interface CachePolicy {
  readonly mode: Mode;
  readonly error_target: number;
  readonly partitions: readonly Partition[];
}

export interface Partition {
  readonly partition: string;
  readonly embedder: string;
  readonly entries: number;
  readonly outcomes: number;
  readonly wrong: number;
  readonly precision: number | null;
  readonly threshold: number | null;
  readonly false_hit_bound: number | null;
  readonly serving: boolean;
  readonly demotions: number;
}

export type Mode = CacheSettings["semantic"]["mode"];

/** A section with the version that a change of it replaces. */
export interface KeptSettings {
  readonly version: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What is made of events: absent while ClickHouse is away. */
export interface CacheRange {
  readonly stats: CacheStats;
  readonly series: Timeseries;
  /** Single fields. */
  readonly paths: MissRank;
  /** Parts of the key. */
  readonly components: MissRank;
}

export interface CacheData {
  readonly range: CacheRange | null;
  readonly policy: CachePolicy;
  readonly kept: KeptSettings;
}

/** As `GET /v1/cache/entries` gives one. */
export interface CacheEntry {
  readonly entry_id: string;
  readonly key: string;
  readonly stored_at: string;
  readonly expires_at: string;
  readonly provider: string;
  readonly model: string;
  readonly endpoint: string;
  readonly namespace: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly question: string;
  readonly bytes: number;
  readonly form: "json" | "sse";
  readonly cost_usd: string | null;
}

export interface EntryPage {
  readonly entries: readonly CacheEntry[];
  readonly next_cursor: string | null;
}

/** The ignored paths of a section as it is kept. */
export function ignoredOf({ settings }: KeptSettings): readonly string[] {
  const { ignore } = settings;
  return Array.isArray(ignore) ? ignore.map(String) : [];
}

/** The section with another mode of the semantic cache. */
export function withMode({ settings }: KeptSettings, mode: Mode): Record<string, unknown> {
  const semantic = settings.semantic;
  return { ...settings, semantic: { ...(typeof semantic === "object" && semantic), mode } };
}
