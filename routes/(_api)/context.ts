/**
 * What the API's middleware leaves for its routes, and what the routes are given to work with.
 *
 * @module
 */
import type { Proof } from "@/consumers/proof.ts";
import type { Analytics } from "@/core/analytics/contract.ts";
import type { CacheAnalytics } from "@/core/analytics/cache_analytics.ts";
import type { CostAnalytics } from "@/core/analytics/cost_analytics.ts";
import type { Cache } from "@/core/cache/cache.ts";
import type { ReadOverview } from "@/core/analytics/overview/overview.ts";
import type { KeyTrial } from "@/core/gateway/key_trial.ts";
import type { AddressRules } from "@/core/gateway/providers/address_rules.ts";
import type { ProvidersOf } from "@/core/gateway/read_settings.ts";
import type { TraceAnalytics } from "@/core/analytics/trace_analytics.ts";
import type { Ingest } from "@/core/ingest/ingest.ts";
import type { KeyVerifier } from "@/core/identity/contract.ts";
import type { LimitStates } from "@/core/limits/state.ts";
import type { Projects, Sessions } from "@/core/identity/types.ts";
import type { LogReader } from "@/core/log/contract.ts";
import type { Metrics } from "@/core/metrics/metrics.ts";
import type { PriceBook } from "@/core/pricing/price_book.ts";
import type { EditableSection } from "@/core/settings/editable.ts";
import type { Vault } from "@/core/vault/types.ts";
import type { SavedViews } from "@/core/saved_views/saved_views.ts";
import type { ReadCallView } from "@/core/transcript/call_view.ts";
import type { Demo } from "./demo.ts";
import type { Repricing } from "./reprice.ts";
import type { Attending } from "./health.ts";
import type { RetentionApi } from "./retention.ts";
import type { Check } from "./readiness.ts";

/** Everything that the API needs; it opens nothing itself. */
export interface ApiDeps {
  readonly analytics: Analytics;
  readonly overview: ReadOverview;
  readonly call: ReadCallView;
  readonly views: SavedViews;
  readonly demo: Demo;
  readonly costs: CostAnalytics;
  readonly repricing: Repricing;
  readonly prices: PriceBook;
  readonly cache: Cache;
  readonly cacheAnalytics: CacheAnalytics;
  readonly ingest: Ingest;
  readonly traces: TraceAnalytics;
  readonly vault: Vault;
  readonly keyTrial: Pick<KeyTrial, "try">;
  /** What a project says of providers. */
  readonly providerSettings: ProvidersOf;
  /** Which addresses projects may name. */
  readonly addressRules: AddressRules;
  /** How far a project's limits are used. */
  readonly limits: LimitStates;
  /** What retention takes away and has taken away. */
  readonly retention: RetentionApi;
  /** Every section of projects' settings. */
  readonly sections: readonly EditableSection[];
  readonly projects: Projects;
  readonly verifier: KeyVerifier;
  readonly sessions: Sessions;
  readonly log: LogReader;
  /** The account of every event; null before the first consumer has registered. */
  readonly proof: () => Promise<Proof | null>;
  /** The consumers and what they set aside. */
  readonly attending: Attending;
  /** By name: what `/readyz` asks, e.g. `kv`, `clickhouse`, `consumers`. */
  readonly checks: Readonly<Record<string, Check>>;
  readonly metrics: Metrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The product's version, for the OpenAPI document. */
  readonly version: string;
  /** Unexpected errors, for the operator: the client is told the request id alone. */
  readonly report: (error: unknown, requestId: string) => void;
}

export interface ApiEnv {
  Variables: {
    requestId: string;
    /** The project that the caller may read; set by `projectAccess()`. */
    project: string;
  };
}
