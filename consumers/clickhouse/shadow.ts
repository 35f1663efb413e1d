/**
 * Finds calls that another recorded call stands for: an SDK or an instrumentation told of a call that
 * also went through the gateway, or two instrumentations of the same one (`shadow_rule.ts`). The outer
 * one stays in the trace as a span and counts no more.
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
import { after, findShadowed, later, type Link, type Shadowed, within } from "./shadow_rule.ts";

type Access = Pick<ClickHouseStore, "command" | "query">;

const timeoutMs = 60_000;
/** Traces that are looked at in one query. */
const atOnce = 1_000;
/** Traces, and when what was told of them happened, in milliseconds since 1970. */
interface Traces {
  readonly ids: Set<string>;
  from: number;
  to: number;
}

/** Some traces of one project, and the tables in which they are looked at. */
interface Look {
  readonly store: Access;
  readonly generation: number;
  readonly project: string;
  readonly traces: Traces;
  readonly signal: AbortSignal;
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
    for (let at = 0; at < ids.length; at += atOnce) {
      const some = { ...traces, ids: new Set(ids.slice(at, at + atOnce)) };
      const look: Look = { store, generation, project, traces: some, signal };
      const done = await shadowIn(look, `${token}:${part++}`);
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

async function shadowIn(look: Look, token: string): Promise<Delivery> {
  let shadowed: readonly Shadowed[] = [];
  const looking = await attempt(async () => {
    const calls = await readCalls(look);
    const open = new Set(calls.filter((one) => one.candidate).map(({ trace_id }) => trace_id));
    const several = calls.filter(({ trace_id }) => open.has(trace_id));
    // One call alone has none below it: most traces end here.
    if (several.length <= open.size && onlyOnes(several)) return;
    const spans = await readSpans({ ...look, traces: { ...look.traces, ids: open } });
    shadowed = findShadowed([...several, ...spans]);
  });
  if (!looking.ok || shadowed.length === 0) return looking;
  for (const name of ["events", "events_list"] as const) {
    const replaced = await replace(look, name, shadowed, token);
    if (!replaced.ok) return replaced;
  }
  return { ok: true };
}

function onlyOnes(calls: readonly Link[]): boolean {
  return new Set(calls.map(({ trace_id }) => trace_id)).size === calls.length;
}

/** As a number: 64-bit ones arrive as text. */
const at = "toFloat64(toUnixTimestamp64Milli(timestamp)) AS at";

const inTraces = `project_id = {project:String} AND trace_id IN {traces:Array(String)}
  AND timestamp >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND timestamp <= fromUnixTimestamp64Milli({to:Int64}, 'UTC')`;

function paramsOf({ project, traces: { ids, from, to } }: Look) {
  return {
    project,
    traces: [...ids],
    from: Math.max(0, from - within),
    to: to + within,
  };
}

async function readCalls(look: Look): Promise<Link[]> {
  const { store, generation, signal } = look;
  return await store.query<Link>(
    `SELECT ${at}, trace_id, event_id, ifNull(span_id, '') AS span_id, ifNull(parent_span_id, '') AS parent,
       true AS is_call, source != 'gateway' AND counted AS candidate,
       log_versionstamp AS versionstamp, log_index AS index
     FROM ${generationTable("events", generation)} FINAL WHERE ${inTraces}`,
    paramsOf(look),
    { timeout: timeoutMs, signal },
  );
}

async function readSpans(look: Look): Promise<Link[]> {
  const { store, generation, signal } = look;
  return await store.query<Link>(
    `SELECT ${at}, trace_id, event_id, span_id, parent_span_id AS parent, false AS is_call,
       false AS candidate, log_versionstamp AS versionstamp, log_index AS index
     FROM ${generationTable("spans", generation)} FINAL WHERE ${inTraces} AND NOT is_call`,
    paramsOf(look),
    { timeout: timeoutMs, signal },
  );
}

type Row = Readonly<Record<string, unknown>>;

/** Writes the rows again as they are, but for what says that they do not count. */
async function replace(
  look: Look,
  name: "events" | "events_list",
  shadowed: readonly Shadowed[],
  token: string,
): Promise<Delivery> {
  const { store, generation, signal } = look;
  const table = generationTable(name, generation);
  const columns = Object.keys(tables.find((one) => one.name === name)?.columns ?? {});
  let rows: Row[] = [];
  const reading = await attempt(async () => {
    rows = await store.query<Row>(
      `SELECT ${columns.join(", ")} FROM ${table} FINAL
       WHERE ${inTraces} AND event_id IN {ids:Array(String)}`,
      { ...paramsOf(look), ids: shadowed.map(({ event_id }) => event_id) },
      { timeout: timeoutMs, signal },
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
