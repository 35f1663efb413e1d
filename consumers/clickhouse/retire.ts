/**
 * Takes away what a project's retention no longer keeps, or what somebody asked to have erased: an
 * effect of an event of the log on all rows that stand before it.
 *
 * Guarantees: rows from after the event's place stay, whatever their time; doing it twice leaves the
 * same; what goes was counted before, and the sums of calls that retention takes away are kept first.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import type { RetentionData } from "@/core/event/retention.ts";
import type { Delivery } from "../projection.ts";
import { countRemoved } from "./count_removed.ts";
import { attempt } from "./insert.ts";
import { keepSums } from "./kept_sums.ts";
import type { Place } from "./place.ts";
import type { IntoTable } from "./reprice.ts";

type Access = Pick<ClickHouseStore, "command" | "query">;

export interface Retirement extends RetentionData {
  readonly kind: "retired";
  readonly project: string;
  /** When, ISO UTC. */
  readonly at: string;
  readonly place: Place;
}

const timeoutMs = 600_000;

/** @param generation of the tables */
export async function retire(
  store: Access,
  { name, table }: IntoTable,
  generation: number,
  retirement: Retirement,
  signal: AbortSignal,
): Promise<Delivery> {
  const { calls_before, bodies_before } = retirement;
  return await attempt(async () => {
    if (name === "events") {
      await count(store, generation, retirement, signal);
      if (calls_before !== null) {
        await keep(store, table, retirement, calls_before, signal);
        await removeSums(store, retirement.project, calls_before, signal);
      }
    }
    if (calls_before !== null) {
      await change(store, "DELETE", table, retirement, calls_before, signal);
    }
    if (bodies_before === null) return;
    if (name === "event_bodies") {
      await change(store, "DELETE", table, retirement, bodies_before, signal);
    }
    const emptied = withoutBodies[name];
    if (emptied) await change(store, emptied, table, retirement, bodies_before, signal);
  });
}

/** What of prompts and answers stands beside other columns, and how it is taken out. */
const withoutBodies: Readonly<Partial<Record<IntoTable["name"], Emptied>>> = {
  events_list: { set: "preview = '', preview_hash = cityHash64('')", only: "preview != ''" },
  spans: {
    set: "preview = '', input = NULL, output = NULL",
    only: "(preview != '' OR input IS NOT NULL OR output IS NOT NULL)",
  },
};

interface Emptied {
  readonly set: string;
  /** Rows that have something to take out: without any, no part is written anew. */
  readonly only: string;
}

/** Rows of the project from before a time that stand before the removal in the log. */
const condition = `project_id = {project:String}
  AND timestamp < parseDateTime64BestEffort({before:String}, 3, 'UTC')
  AND (log_gen, log_versionstamp, log_index) <
    ({generation:UInt32}, {versionstamp:String}, {index:UInt16})`;

function paramsOf({ project, place }: Retirement, before: string) {
  const { generation, versionstamp, index } = place;
  return { project, before, generation, versionstamp, index };
}

async function change(
  store: Access,
  what: "DELETE" | Emptied,
  table: string,
  retirement: Retirement,
  before: string,
  signal: AbortSignal,
): Promise<void> {
  const only = what === "DELETE" ? condition : `${condition} AND ${what.only}`;
  const params = paramsOf(retirement, before);
  const options = { signal, timeout: timeoutMs };
  const [found] = await store.query<{ rows: string }>(
    `SELECT count() AS rows FROM (SELECT 1 FROM ${table} WHERE ${only} LIMIT 1)`,
    params,
    options,
  );
  if (Number(found?.rows ?? 0) === 0) return;
  if (what === "DELETE") {
    await store.command(`DELETE FROM ${table} WHERE ${only}`, params, options);
  } else {
    await store.command(`ALTER TABLE ${table} UPDATE ${what.set} WHERE ${only}`, params, {
      ...options,
      settings: { mutations_sync: "2" },
    });
  }
}

async function keep(
  store: Access,
  table: string,
  retirement: Retirement,
  before: string,
  signal: AbortSignal,
): Promise<void> {
  const { project, place } = retirement;
  const params = paramsOf(retirement, before);
  await keepSums(store, { project, table, before, place, condition, params }, signal);
}

/** Made of calls that go; from before the cut only what was kept is read. Seals go before what they seal. */
const madeOfCalls = [
  "rollup_seals",
  "calls_by_minute",
  "calls_by_hour",
  "calls_by_day",
  "facets_by_day",
  "prompts_by_day",
  "sums_by_model",
  "largest_prompts_by_day",
];

async function removeSums(
  store: Access,
  project: string,
  before: string,
  signal: AbortSignal,
): Promise<void> {
  const condition = `project_id = {project:String}
    AND start < parseDateTimeBestEffort({before:String}, 'UTC')`;
  const options = { signal, timeout: timeoutMs };
  for (const table of madeOfCalls) {
    const [found] = await store.query<{ rows: string }>(
      `SELECT count() AS rows FROM (SELECT 1 FROM ${table} WHERE ${condition} LIMIT 1)`,
      { project, before },
      options,
    );
    if (Number(found?.rows ?? 0) === 0) continue;
    await store.command(`DELETE FROM ${table} WHERE ${condition}`, { project, before }, options);
  }
}

/** Counts what goes, for the proof and for people. */
async function count(
  store: Access,
  generation: number,
  retirement: Retirement,
  signal: AbortSignal,
): Promise<void> {
  const { calls_before, bodies_before, place, at } = retirement;
  const never = "1970-01-01T00:00:00.000Z";
  const later = [calls_before ?? never, bodies_before ?? never].sort().at(-1) ?? never;
  const bodies = condition.replace("{before:String}", "{bodies:String}");
  await store.command(
    countRemoved(generation, {
      events: condition,
      spans: condition,
      scores: condition,
      event_bodies: bodies,
    }),
    {
      ...paramsOf(retirement, calls_before ?? never),
      bodies: later,
      tables: generation,
      partition: place.partition,
      at,
    },
    { signal, timeout: timeoutMs },
  );
}
