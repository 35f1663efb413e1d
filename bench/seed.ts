/**
 * Made-up calls (`seeded_calls.ts`) brought into ClickHouse by the projection that consumers use.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { createClickHouseProjection } from "@/consumers/clickhouse/projection.ts";
import type { Effect } from "@/consumers/clickhouse/project.ts";
import { createRoller } from "@/consumers/clickhouse/rollup.ts";
import type { CallEvent } from "@/core/event/event.ts";
import { callsOf, type CallsOptions } from "./seeded_calls.ts";

export interface SeedOptions extends CallsOptions {
  readonly store: ClickHouseStore;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Seeded {
  /** Time spent on making events and on their projection into rows. */
  readonly makingMs: number;
  readonly totalMs: number;
}

const batchRows = 10_000;

/** Stores the calls; their sums are `rollUp()`'s. */
export async function seedCalls(options: SeedOptions): Promise<Seeded> {
  const { store, project, count, onProgress = () => {} } = options;
  const projection = createClickHouseProjection({ store, generation: 1, logGeneration: 1 });
  const never = new AbortController().signal;
  const calls = callsOf(options);
  const begun = performance.now();
  let makingMs = 0;
  let sending: Promise<void> = Promise.resolve();
  for (let done = 0; done < count;) {
    const since = performance.now();
    const effects = batchOf(calls, projection, done);
    makingMs += performance.now() - since;
    // One batch is made while the one before is stored.
    await sending;
    const token = `seed:${options.prefix ?? "seed"}:${project}:${done}`;
    sending = deliver(projection, effects, token, never);
    // Somebody looks at the outcome at the next turn; until then a failure is nobody's.
    sending.catch(() => {});
    done += effects.length;
    onProgress(done, count);
  }
  await sending;
  return { makingMs, totalMs: performance.now() - begun };
}

/** Makes the sums of everything that is stored; true when all of it has them. */
export async function rollUp(store: ClickHouseStore, now: number): Promise<boolean> {
  const roller = createRoller({ store, now: () => now, random: Math.random });
  const never = new AbortController().signal;
  let waiting = 0;
  for (let pass = 0; pass < 6; pass++) ({ waiting } = await roller.pass(never));
  return waiting === 0;
}

export const callTables = ["events", "events_list", "event_bodies"] as const;

/** The seeded calls again, with other ids and a little earlier, inside ClickHouse: much faster. */
export async function copyCalls(
  store: ClickHouseStore,
  copy: number,
  tables: readonly typeof callTables[number][],
): Promise<void> {
  for (const table of tables) {
    await store.command(
      `INSERT INTO ${table}_g1 SELECT * REPLACE (
        concat(one.event_id, '-', {copy:String}) AS event_id,
        one.timestamp - toIntervalMillisecond({copy:UInt32} * 37) AS timestamp
      ) FROM ${table} AS one WHERE match(one.event_id, '^seed-[0-9a-z]{8}$')`,
      { copy: String(copy) },
      { timeout: 3_600_000 },
    );
  }
}

type SeedProjection = ReturnType<typeof createClickHouseProjection>;

function batchOf(
  calls: Iterator<CallEvent, undefined>,
  projection: SeedProjection,
  done: number,
): Effect[] {
  const effects: Effect[] = [];
  while (effects.length < batchRows) {
    const { value: event } = calls.next();
    if (!event) break;
    const place = done + effects.length + 1;
    const position = { partition: 0, versionstamp: place.toString(16).padStart(20, "0"), index: 0 };
    const entry = { position, raw: event, bytes: 0 };
    const projected = projection.project(event, entry, () => Promise.resolve(null));
    if (projected instanceof Promise || !projected.ok || projected.row === null) {
      throw new Error("A made-up call could not be projected");
    }
    effects.push(projected.row);
  }
  return effects;
}

async function deliver(
  projection: SeedProjection,
  effects: readonly Effect[],
  token: string,
  signal: AbortSignal,
): Promise<void> {
  const stages = Array.from({ length: projection.stages }, (_, stage) => stage);
  await Promise.all(stages.map(async (stage) => {
    const delivered = await projection.deliver(stage, effects, `${token}:${stage}`, signal);
    if (!delivered.ok) throw new Error(`Stage ${stage}: ${delivered.code} ${delivered.detail}`);
  }));
}
