/**
 * Generations of the event tables. Writers use one generation's tables by name, readers use the views
 * `events`, `events_list`, `event_bodies`, `spans`, `scores` and `call_attempts`. A rebuild fills a new generation from the log and then
 * swaps the views: no table is ever renamed, so no writer can hit the wrong one.
 *
 * @module
 */
import type { ClickHouseStore } from "./client.ts";
import { forGeneration, isPerGeneration, type Migration, readMigrations } from "./migration.ts";

/** The views that readers use; the table of generation 2 behind `events` is `events_g2`. */
export const eventTables = [
  "events",
  "events_list",
  "event_bodies",
  "spans",
  "scores",
  "call_attempts",
] as const;
/** Those of them in which every call has a row. */
export const callTables = eventTables.slice(0, 3);
export type EventTable = typeof eventTables[number];

export function generationTable(table: EventTable, generation: number): string {
  return `${table}_g${positive(generation)}`;
}

/** Makes the generation's tables where they are missing; safe to repeat. */
export async function createGeneration(
  store: ClickHouseStore,
  generation: number,
  migrations?: readonly Migration[],
): Promise<void> {
  positive(generation);
  for (const { statements } of migrations ?? await readMigrations()) {
    for (const statement of statements.filter(isPerGeneration)) {
      await store.command(forGeneration(statement, generation));
    }
  }
}

/**
 * Points the views at the generation. Each view changes at once, all of them one after another: a reader may
 * see lists of the new generation beside sums of the old one for some milliseconds.
 */
export async function swapViews(store: ClickHouseStore, generation: number): Promise<void> {
  // `events` is last: it is the one that says which generation is active.
  for (const table of [...eventTables].reverse()) {
    const source = generationTable(table, generation);
    await store.command(
      `CREATE OR REPLACE VIEW ${table} AS SELECT * FROM ${source} COMMENT 'generation ${generation}'`,
    );
  }
}

/** The generation that readers see; null before the first migration. */
export async function activeGeneration(store: ClickHouseStore): Promise<number | null> {
  const [view] = await store.query<{ comment: string }>(
    `SELECT comment FROM system.tables
     WHERE database = {database:String} AND name = 'events' AND engine = 'View'`,
    { database: store.database },
  );
  const generation = /^generation (\d+)$/.exec(view?.comment ?? "")?.[1];
  return generation === undefined ? null : Number(generation);
}

/** Every generation that has at least one table, in order. */
export async function listGenerations(store: ClickHouseStore): Promise<number[]> {
  const rows = await store.query<{ generation: number }>(
    `SELECT DISTINCT toUInt32(extract(name, '_g([0-9]+)$')) AS generation FROM system.tables
     WHERE database = {database:String} AND match(name, {pattern:String}) ORDER BY generation`,
    { database: store.database, pattern: `^(${eventTables.join("|")})_g[1-9][0-9]*$` },
  );
  return rows.map(({ generation }) => generation);
}

/** Removes a generation's tables and rows. The active one is refused. */
export async function dropGeneration(store: ClickHouseStore, generation: number): Promise<void> {
  if (await activeGeneration(store) === generation) {
    throw new Error(`Cannot drop generation ${generation}: readers use it. Swap the views first.`);
  }
  for (const table of eventTables) {
    // SYNC: without it the rows stay on disk for minutes, and a new table of the same name meets them.
    await store.command(`DROP TABLE IF EXISTS ${generationTable(table, generation)} SYNC`);
  }
}

function positive(generation: number): number {
  if (Number.isSafeInteger(generation) && generation > 0) return generation;
  throw new RangeError(`A generation is a whole number from 1: current value is ${generation}`);
}
