/**
 * The analytics in ClickHouse as a projection of the log: one consumer for each generation of the tables.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { generationTable } from "@/clickhouse/generation.ts";
import type { LogEntry } from "@/core/log/contract.ts";
import { textField } from "../batch.ts";
import type { Delivery, Projection } from "../projection.ts";
import { erase } from "./erase.ts";
import { insertRows, removeDemo } from "./insert.ts";
import { createProject, type Effect, projectionVersion, type Repricing } from "./project.ts";
import { type IntoTable, reprice } from "./reprice.ts";
import { retire } from "./retire.ts";
import { shadow } from "./shadow.ts";
import { type TableName, tables } from "./rows.ts";

export interface ClickHouseProjectionOptions {
  readonly store: Pick<ClickHouseStore, "command" | "query">;
  /** The generation of the tables. */
  readonly generation: number;
  /** The log's own generation: it is part of every row's position. */
  readonly logGeneration: number;
}

/** The consumer that fills a generation. */
function clickhouseConsumer(generation: number): string {
  return `clickhouse@g${generation}`;
}

/**
 * Bytes bound the memory of one insert; months bound its parts, since ClickHouse refuses an insert into
 * more than 100 partitions and remembers a token for each of them.
 */
const batchLimits = { bytes: 32 * 1024 * 1024, groups: 12 };

export function createClickHouseProjection(
  { store, generation, logGeneration }: ClickHouseProjectionOptions,
): Projection<Effect> {
  const project = createProject(logGeneration);
  const stages = tables.map(({ name }) => ({ name, table: generationTable(name, generation) }));

  return {
    id: clickhouseConsumer(generation),
    version: projectionVersion,
    // The last one looks at what all tables hold then.
    stages: stages.length + 1,
    limits: batchLimits,
    measure,
    project: (event, entry, payload) => project(event, entry.position, payload),
    async deliver(stage, effects, token, signal): Promise<Delivery> {
      if (stage === stages.length) {
        const shadowed = await shadow(store, generation, effects, token, signal);
        return shadowed.ok ? await eraseAll(store, generation, effects, signal) : shadowed;
      }
      const into = stages[stage];
      if (!into) throw new RangeError(`Stage ${stage} of ${stages.length} does not exist`);
      const rows = effects.flatMap((effect) => rowsFor(into.name, effect));
      if (rows.length > 0) {
        const inserted = await insertRows(store, into.table, rows, token, signal);
        if (!inserted.ok) return inserted;
      }
      return await applyInOrder(store, into, generation, effects, token, signal);
    },
  };
}

async function eraseAll(
  store: Pick<ClickHouseStore, "command" | "query">,
  generation: number,
  effects: readonly Effect[],
  signal: AbortSignal,
): Promise<Delivery> {
  for (const effect of effects) {
    if (effect.kind !== "erased") continue;
    const erased = await erase(store, generation, effect, signal);
    if (!erased.ok) return erased;
  }
  return { ok: true };
}

/** The rows of an effect in one table. */
function rowsFor(table: TableName, effect: Effect): object[] {
  switch (effect.kind) {
    case "call": {
      const row = table === "scores" || table === "call_attempts" ? null : effect.rows[table];
      return row ? [row] : [];
    }
    case "span":
      return table === "spans" ? [effect.row] : [];
    case "score":
      return table === "scores" ? [effect.row] : [];
    case "attempt":
      return table === "call_attempts" ? [effect.row] : [];
    default:
      return [];
  }
}

/**
 * What events do to rows that stand before them, in the log's order: a call that was removed and then
 * priced again must not come back.
 */
async function applyInOrder(
  store: Pick<ClickHouseStore, "command" | "query">,
  into: IntoTable,
  generation: number,
  effects: readonly Effect[],
  token: string,
  signal: AbortSignal,
): Promise<Delivery> {
  let repricings: Repricing[] = [];
  let part = 0;
  for (const effect of effects) {
    if (effect.kind === "repriced") repricings.push(effect);
    if (effect.kind !== "demo_removed" && effect.kind !== "retired") continue;
    const repriced = await reprice(store, into, repricings, `${token}:${part++}`, signal);
    if (!repriced.ok) return repriced;
    repricings = [];
    const removed = effect.kind === "retired"
      ? await retire(store, into, generation, effect, signal)
      : await removeDemo(store, into.table, effect, signal);
    if (!removed.ok) return removed;
  }
  return await reprice(store, into, repricings, `${token}:${part}`, signal);
}

function measure(entry: LogEntry): { bytes: number; group: string } {
  return {
    bytes: entry.bytes + bytesBeside(entry.raw),
    group: textField(entry.raw, "at")?.slice(0, 7) ?? "",
  };
}

/** Bytes of the payloads that are kept beside an event. */
function bytesBeside(raw: unknown): number {
  const payloads = field(raw, "payloads");
  if (typeof payloads !== "object" || payloads === null) return 0;
  let bytes = 0;
  for (const payload of Object.values(payloads)) {
    const size = field(payload, "bytes");
    if (field(field(payload, "stored"), "as") === "chunks" && typeof size === "number") {
      bytes += size;
    }
  }
  return bytes;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
