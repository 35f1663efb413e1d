/**
 * What the API's middleware leaves for its routes, and what the routes are given to work with.
 *
 * @module
 */
import type { Analytics } from "@/core/analytics/contract.ts";
import type { KeyVerifier } from "@/core/identity/contract.ts";
import type { Projects, Sessions } from "@/core/identity/types.ts";
import type { LogReader } from "@/core/log/contract.ts";
import type { Metrics } from "@/core/metrics/metrics.ts";
import type { Check } from "./readiness.ts";
import type { LogProof } from "./log_schema.ts";

/** Everything that the API needs; it opens nothing itself. */
export interface ApiDeps {
  readonly analytics: Analytics;
  readonly projects: Projects;
  readonly verifier: KeyVerifier;
  readonly sessions: Sessions;
  readonly log: LogReader;
  /** Counts of each partition of the log, as the consumers keep them. */
  readonly proof: () => Promise<LogProof>;
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
