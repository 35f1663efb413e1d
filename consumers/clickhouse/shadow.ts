/**
 * Finds calls that another recorded call stands for: an SDK or an instrumentation told of a call that
 * also went through the gateway, or two instrumentations of the same one. The outer one stays in the
 * trace as a span and counts no more.
 *
 * The rule: a call that the gateway did not record does not count when another call lies below it in its
 * trace, itself or through at most two spans between. All rows of a project come in the log's order, so
 * it does not matter which of the two was recorded first, and a rebuild finds the same.
 *
 * Guarantees: as for a new price (`reprice.ts`), rows are replaced, never changed; doing it twice leaves
 * the same.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { generationTable } from "@/clickhouse/generation.ts";
import type { Delivery } from "../projection.ts";
import { attempt, insertRows } from "./insert.ts";
import type { Effect } from "./project.ts";
import { tables } from "./rows.ts";

type Access = Pick<ClickHouseStore, "command" | "query">;

const TIMEOUT_MS = 60_000;
const DAY_MS = 86_400_000;
/** Traces that are looked at in one query. */
const AT_ONCE = 1_000;
/** From a call up to the one that it stands for, in steps. */
const STEPS = 3;
/** Makes the replacing row the later one of two that the same event made. */
const LATER = 32_768;

/** One call or span of a trace. */
export interface Link {
  readonly trace_id: string;
  readonly event_id: string;
  readonly span_id: string;
  /** Empty: a root. */
  readonly parent: string;
  readonly is_call: boolean;
  /** A call that may stop to count: recorded by others than the gateway, and counting. */
  readonly candidate: boolean;
  readonly versionstamp: string;
  readonly index: number;
}

/** A call that counts no more, and the place in the log from which on that is known. */
export interface Shadowed {
  readonly event_id: string;
  readonly versionstamp: string;
  readonly index: number;
}

interface Traces {
  readonly ids: Set<string>;
  from: number;
  to: number;
}

export async function shadow(
  store: Access,
  generation: number,
  effects: readonly Effect[],
  token: string,
  signal: AbortSignal,
): Promise<Delivery> {
  let part = 0;
  for (const [project, traces] of tracesOf(effects)) {
    const ids = [...traces.ids];
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const some = { ...traces, ids: new Set(ids.slice(at, at + AT_ONCE)) };
      const done = await shadowIn(store, generation, project, some, `${token}:${part++}`, signal);
      if (!done.ok) return done;
    }
  }
  return { ok: true };
}

/** By project: the traces of which this batch tells something. */
function tracesOf(effects: readonly Effect[]): Map<string, Traces> {
  const found = new Map<string, Traces>();
  const add = (project: string, trace: string, timestamp: string) => {
    const at = Date.parse(timestamp);
    const traces = found.get(project) ?? { ids: new Set<string>(), from: at, to: at };
    found.set(project, traces);
    traces.ids.add(trace);
    traces.from = Math.min(traces.from, at);
    traces.to = Math.max(traces.to, at);
  };
  for (const effect of effects) {
    if (effect.kind === "span") {
      const { project_id, trace_id, timestamp } = effect.row;
      add(project_id, trace_id, timestamp);
    } else if (effect.kind === "call") {
      const { project_id, trace_id, timestamp } = effect.rows.events;
      if (trace_id !== null) add(project_id, trace_id, timestamp);
    }
  }
  return found;
}

async function shadowIn(
  store: Access,
  generation: number,
  project: string,
  traces: Traces,
  token: string,
  signal: AbortSignal,
): Promise<Delivery> {
  let shadowed: readonly Shadowed[] = [];
  const looking = await attempt(async () => {
    const calls = await readCalls(store, generation, project, traces, signal);
    const open = new Set(calls.filter((one) => one.candidate).map(({ trace_id }) => trace_id));
    const several = calls.filter(({ trace_id }) => open.has(trace_id));
    // One call alone has none below it: most traces end here.
    if (several.length <= open.size && onlyOnes(several)) return;
    const spans = await readSpans(store, generation, project, { ...traces, ids: open }, signal);
    shadowed = findShadowed([...several, ...spans]);
  });
  if (!looking.ok || shadowed.length === 0) return looking;
  for (const name of ["events", "events_list"] as const) {
    const table = generationTable(name, generation);
    const replaced = await replace(store, name, table, project, shadowed, traces, token, signal);
    if (!replaced.ok) return replaced;
  }
  return { ok: true };
}

function onlyOnes(calls: readonly Link[]): boolean {
  return new Set(calls.map(({ trace_id }) => trace_id)).size === calls.length;
}

/**
 * Which candidates have another call below them. Pure.
 *
 * @example
 * ```ts
 * import { findShadowed, type Link } from "@/consumers/clickhouse/shadow.ts";
 * import { expect } from "expect";
 *
 * const link = { trace_id: "t", is_call: true, candidate: false, versionstamp: "a", index: 0 };
 * const outer: Link = { ...link, event_id: "o", span_id: "1", parent: "", candidate: true };
 * const inner: Link = { ...link, event_id: "i", span_id: "2", parent: "1", versionstamp: "b" };
 * expect(findShadowed([outer, inner])).toEqual([{ event_id: "o", versionstamp: "b", index: 32768 }]);
 * ```
 */
export function findShadowed(links: readonly Link[]): Shadowed[] {
  const bySpan = new Map<string, Link>();
  for (const link of links) {
    const key = JSON.stringify([link.trace_id, link.span_id]);
    // A call that is a span has a row as both; the call's says more.
    if (link.span_id !== "" && !bySpan.get(key)?.is_call) bySpan.set(key, link);
  }
  const found = new Map<string, Shadowed>();
  for (const link of links) {
    if (link.is_call) climb(link, bySpan, found);
  }
  return [...found.values()];
}

/** From a call up to the nearest other one. */
function climb(
  call: Link,
  bySpan: ReadonlyMap<string, Link>,
  found: Map<string, Shadowed>,
): void {
  let known: Pick<Shadowed, "versionstamp" | "index"> = call;
  let below = call;
  for (let step = 0; step < STEPS && below.parent !== ""; step++) {
    const above = bySpan.get(JSON.stringify([call.trace_id, below.parent]));
    if (!above || above.event_id === call.event_id) return;
    known = later(known, above);
    if (above.is_call) {
      if (!above.candidate) return;
      const first = found.get(above.event_id);
      const place = { versionstamp: known.versionstamp, index: after(known.index) };
      // Of several calls below it the first one that was recorded decides.
      if (first && !isLater(first, place)) return;
      found.set(above.event_id, { event_id: above.event_id, ...place });
      return;
    }
    below = above;
  }
}

type Place = Pick<Shadowed, "versionstamp" | "index">;

function isLater(one: Place, other: Place): boolean {
  return one.versionstamp === other.versionstamp
    ? one.index > other.index
    : one.versionstamp > other.versionstamp;
}

function later(one: Place, other: Place): Place {
  return isLater(other, one) ? other : one;
}

function after(index: number): number {
  return index < LATER ? index + LATER : index;
}

const inTraces = `project_id = {project:String} AND trace_id IN {traces:Array(String)}
  AND timestamp >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND timestamp <= fromUnixTimestamp64Milli({to:Int64}, 'UTC')`;

function paramsOf(project: string, { ids, from, to }: Traces) {
  return {
    project,
    traces: [...ids],
    from: Math.max(0, from - DAY_MS),
    to: to + DAY_MS,
  };
}

async function readCalls(
  store: Access,
  generation: number,
  project: string,
  traces: Traces,
  signal: AbortSignal,
): Promise<Link[]> {
  return await store.query<Link>(
    `SELECT trace_id, event_id, ifNull(span_id, '') AS span_id, ifNull(parent_span_id, '') AS parent,
       true AS is_call, source != 'gateway' AND counted AS candidate,
       log_versionstamp AS versionstamp, log_index AS index
     FROM ${generationTable("events", generation)} FINAL WHERE ${inTraces}`,
    paramsOf(project, traces),
    { timeout: TIMEOUT_MS, signal },
  );
}

async function readSpans(
  store: Access,
  generation: number,
  project: string,
  traces: Traces,
  signal: AbortSignal,
): Promise<Link[]> {
  return await store.query<Link>(
    `SELECT trace_id, event_id, span_id, parent_span_id AS parent, false AS is_call,
       false AS candidate, log_versionstamp AS versionstamp, log_index AS index
     FROM ${generationTable("spans", generation)} FINAL WHERE ${inTraces} AND NOT is_call`,
    paramsOf(project, traces),
    { timeout: TIMEOUT_MS, signal },
  );
}

type Row = Readonly<Record<string, unknown>>;

/** Writes the rows again as they are, but for what says that they do not count. */
async function replace(
  store: Access,
  name: "events" | "events_list",
  table: string,
  project: string,
  shadowed: readonly Shadowed[],
  traces: Traces,
  token: string,
  signal: AbortSignal,
): Promise<Delivery> {
  const columns = Object.keys(tables.find((one) => one.name === name)?.columns ?? {});
  let rows: Row[] = [];
  const reading = await attempt(async () => {
    rows = await store.query<Row>(
      `SELECT ${columns.join(", ")} FROM ${table} FINAL
       WHERE ${inTraces} AND event_id IN {ids:Array(String)}`,
      { ...paramsOf(project, traces), ids: shadowed.map(({ event_id }) => event_id) },
      { timeout: TIMEOUT_MS, signal },
    );
  });
  if (!reading.ok || rows.length === 0) return reading;
  const places = new Map(shadowed.map((one) => [one.event_id, one]));
  const changed = rows.map((row) => {
    const own = { versionstamp: String(row.log_versionstamp), index: Number(row.log_index) };
    const place = later(
      { ...own, index: after(own.index) },
      places.get(String(row.event_id)) ?? own,
    );
    const change: Row = {
      counted: false,
      log_versionstamp: place.versionstamp,
      log_index: place.index,
    };
    return Object.fromEntries(
      columns.map((column) => [column, column in change ? change[column] : row[column]]),
    );
  });
  return await insertRows(store, table, changed, `${token}:shadow`, signal);
}
