/**
 * Takes away one user or one call for good: an effect of `data.erased` on all rows that stand before it
 * in the log, once all tables have them.
 *
 * Guarantees: what comes later stays; doing it twice leaves the same; what goes was counted before.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { generationTable } from "@/clickhouse/generation.ts";
import type { ErasureData } from "@/core/event/retention.ts";
import type { Delivery } from "../projection.ts";
import { countRemoved } from "./count_removed.ts";
import { attempt } from "./insert.ts";
import type { Place } from "./place.ts";

type Access = Pick<ClickHouseStore, "command" | "query">;

export interface Erasure {
  readonly kind: "erased";
  readonly project: string;
  /** When, ISO UTC. */
  readonly at: string;
  readonly place: Place;
  readonly whom: ErasureData;
}

const timeoutMs = 600_000;

/** @param generation of the tables */
export async function erase(
  store: Access,
  generation: number,
  erasure: Erasure,
  signal: AbortSignal,
): Promise<Delivery> {
  const { project, at, place, whom } = erasure;
  const params = {
    project,
    at,
    generation: place.generation,
    partition: place.partition,
    versionstamp: place.versionstamp,
    index: place.index,
    tables: generation,
    ...("user_id" in whom
      ? { whom: whom.user_id, traces: whom.trace_ids ?? [], related: whom.about_ids ?? [] }
      : { whom: whom.event_id }),
  };
  const options = { signal, timeout: timeoutMs };
  const of = conditionsOf(generation, "user_id" in whom);
  return await attempt(async () => {
    await store.command(countRemoved(generation, of), params, options);
    // Calls are found by their rows in events, which therefore go last.
    for (const table of order) {
      const name = generationTable(table, generation);
      await store.command(`DELETE FROM ${name} WHERE ${of[table]}`, params, options);
    }
  });
}

const order = [
  "event_bodies",
  "call_attempts",
  "scores",
  "events_list",
  "spans",
  "events",
] as const;
type Table = typeof order[number];

const before = `(log_gen, log_versionstamp, log_index) <
  ({generation:UInt32}, {versionstamp:String}, {index:UInt16})`;

function conditionsOf(generation: number, byUser: boolean): Readonly<Record<Table, string>> {
  const of = byUser
    ? `(user_id = {whom:String} OR ifNull(user_id, '') = ''
        AND ifNull(trace_id, '') IN {traces:Array(String)})`
    : "event_id = {whom:String}";
  const related = byUser ? `event_id IN {related:Array(String)} AND ${before}` : "false";
  // A call that was priced again stands where its price does; its bodies stand where it was recorded.
  const calls = `SELECT event_id FROM ${generationTable("events", generation)}
    WHERE project_id = {project:String} AND ${of} AND (${before} OR event_id IN (
      SELECT event_id FROM ${generationTable("event_bodies", generation)}
      WHERE project_id = {project:String} AND ${before}
    ))`;
  const inProject = (condition: string) => `project_id = {project:String} AND (${condition})`;
  const own = `${of} AND ${before}`;
  return {
    event_bodies: inProject(`event_id IN (${calls})`),
    call_attempts: inProject(`${related} OR call_id IN (${calls})`),
    scores: inProject(`${own} OR ${related} OR target_event_id IN (${calls})`),
    events_list: inProject(`event_id IN (${calls})`),
    spans: inProject(`${own} OR event_id IN (${calls})`),
    // The bodies are gone by now: a call without one is one that was found by it.
    events: inProject(`${of} AND (${before} OR event_id NOT IN (
      SELECT event_id FROM ${generationTable("event_bodies", generation)}
      WHERE project_id = {project:String}
    ))`),
  };
}
