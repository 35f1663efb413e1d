/**
 * From an attempt of a call to its row in `call_attempts`, and what the call's own row says of its route.
 *
 * @module
 */
import type { CallData } from "@/core/event/call.ts";
import type { EventOf } from "@/core/event/event.ts";
import { inputTokens, outputTokens } from "@/core/event/usage.ts";
import type { Projected } from "../projection.ts";
import {
  bool,
  checkOf,
  duration,
  type Fields,
  instant,
  key,
  money,
  nullable,
  text,
  uint16,
  uint32,
  uint64,
} from "./columns.ts";
import { logPosition, orNull, outOfRange, type Place } from "./place.ts";

export const attemptColumns = {
  project_id: key,
  event_id: key,
  call_id: key,
  timestamp: instant,
  number: uint16,
  provider: text,
  model: text,
  target: text,
  provider_key_id: nullable(text),
  status: nullable(uint16),
  error: nullable(text),
  because: text,
  next_because: nullable(text),
  waited_ms: duration,
  latency_ms: duration,
  ttft_ms: nullable(duration),
  tokens_input: nullable(uint64),
  tokens_output: nullable(uint64),
  cost_usd: nullable(money),
  demo: bool,
  log_gen: uint32,
  log_partition: uint16,
  log_versionstamp: text,
  log_index: uint16,
};
export type AttemptRow = Fields<typeof attemptColumns>;

export interface AttemptEffect {
  readonly kind: "attempt";
  readonly row: AttemptRow;
}

const problemOf = checkOf(attemptColumns);

/** It gives no row in the tables of events: the proof counts calls. */
export function projectAttempt(
  { id, project, at, data }: EventOf<"call.attempted">,
  place: Place,
): Projected<AttemptEffect> {
  const row: AttemptRow = {
    project_id: project.toWellFormed(),
    event_id: id.toWellFormed(),
    call_id: data.call_id.toWellFormed(),
    timestamp: at,
    number: data.number,
    provider: data.provider.toWellFormed(),
    model: data.model.toWellFormed(),
    target: data.target.toWellFormed(),
    provider_key_id: orNull(data.provider_key_id),
    status: data.status,
    error: orNull(data.error),
    because: data.because.toWellFormed(),
    next_because: orNull(data.next_because),
    waited_ms: data.waited_ms,
    latency_ms: data.latency_ms,
    ttft_ms: data.ttft_ms,
    tokens_input: data.usage && inputTokens(data.usage.buckets),
    tokens_output: data.usage && outputTokens(data.usage.buckets),
    cost_usd: data.cost?.usd ?? null,
    demo: false,
    ...logPosition(place),
  };
  const problem = problemOf(row);
  if (problem !== null) return outOfRange(`call_attempts.${problem}`);
  return { ok: true, row: { kind: "attempt", row }, counts: "nothing" };
}

/** JSON.stringify writes a lone surrogate as an escape. */
export function routeColumns({ route, translation }: CallData) {
  return {
    route: route ? JSON.stringify(route) : null,
    translation: translation ? JSON.stringify(translation) : null,
  };
}
