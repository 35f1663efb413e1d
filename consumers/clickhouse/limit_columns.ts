/**
 * What a project's limits said of a call, as columns.
 *
 * @module
 */
import type { CallData } from "@/core/event/call.ts";
import type { EventRow } from "./rows.ts";

export function limitColumns({ limits = [] }: CallData): Pick<
  EventRow,
  "limits" | "limit_decisions"
> {
  return {
    limits: Object.fromEntries(limits.map(({ limit, state }) => [limit.toWellFormed(), state])),
    // JSON.stringify writes a lone surrogate as an escape.
    limit_decisions: limits.length > 0 ? JSON.stringify(limits) : null,
  };
}
