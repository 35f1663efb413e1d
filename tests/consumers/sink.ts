/** A sink in memory that deduplicates by token as ClickHouse does, and fails when told to. */
import type { Delivery, Projection } from "@/consumers/projection.ts";

export interface Attempt {
  readonly stage: number;
  readonly token: string;
  readonly rows: readonly string[];
}

/** What happens instead of a plain success: before the rows are stored, or after. */
export type Fault = { before: Delivery } | { after: Delivery } | null;

export interface MemorySink extends Projection<string> {
  readonly attempts: Attempt[];
  /** Rows by stage, as they were stored. */
  readonly stored: readonly string[][];
  /** Decides of each attempt. */
  fault: (attempt: Attempt) => Fault;
  /** Whether an event's row can be made. */
  rejects: (id: string) => boolean;
}

export const transient: Delivery = { ok: false, reason: "transient", code: "away", detail: "" };
export const poison: Delivery = { ok: false, reason: "poison", code: "bad", detail: "a bad row" };
export const misconfigured: Delivery = {
  ok: false,
  reason: "configuration",
  code: "denied",
  detail: "no grant",
};

export function memorySink({ stages = 1, id = "memory@g1", bytes = Infinity } = {}): MemorySink {
  const tokens = new Set<string>();
  return {
    id,
    version: 1,
    stages,
    limits: { bytes, groups: 12 },
    attempts: [],
    stored: Array.from({ length: stages }, () => []),
    fault: () => null,
    rejects: () => false,
    measure: (entry) => ({ bytes: entry.bytes, group: "" }),
    project(event) {
      if (event.type === "demo.removed") return { ok: true, row: null };
      if (this.rejects(event.id)) return { ok: false, code: "rejected", detail: "cannot be a row" };
      return { ok: true, row: event.id };
    },
    deliver(stage, rows, token) {
      const attempt = { stage, token, rows };
      this.attempts.push(attempt);
      const fault = this.fault(attempt);
      if (fault && "before" in fault) return Promise.resolve(fault.before);
      // The same token with other rows is dropped too, as ClickHouse would: tests then miss them.
      if (!tokens.has(token)) this.stored[stage]?.push(...rows);
      tokens.add(token);
      return Promise.resolve(fault?.after ?? { ok: true });
    },
  };
}
