/**
 * The questions beyond memory in ClickHouse: sketches find the nearest few hundred of a partition, their
 * vectors put those in order. Rows of a partition lie together, so that a search reads no other's.
 *
 * Guarantees: a search answers in its time or rejects; while ClickHouse is slow or away, most searches
 * reject without asking.
 *
 * @module
 */
import type { Store } from "../../../analytics/store.ts";
import { type BeyondIndex, BeyondUnavailable, type Scope } from "./port.ts";
import { sketchOf } from "./sketch.ts";

/** As much of the store of ClickHouse as is needed. */
export interface BeyondStore extends Pick<Store, "query"> {
  insert(table: string, rows: readonly object[]): Promise<void>;
  command(
    sql: string,
    params?: Readonly<Record<string, string | readonly string[]>>,
  ): Promise<void>;
}

export interface ClickHouseIndexPorts {
  readonly store: BeyondStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds that a search may take. @default {50} */
  readonly deadlineMs?: number;
  /** Milliseconds that work in the background may take. @default {30_000} */
  readonly patienceMs?: number;
}

const table = "semantic_entries";
/** Entries whose vectors are looked at: those whose sketches are nearest. */
const shortlist = 200;
/** The last second that ClickHouse's DateTime can tell, nearly. */
const latest = 4_000_000_000;
/** After so many searches in turn that failed, most are not tried for a while. */
const failuresInTurn = 3;
const restMs = 5_000;
/** Ids in one command: a server's bound on a query's length is far away. */
const idsAtOnce = 1_000;

/** Makes the index. */
export function clickhouseIndex(ports: ClickHouseIndexPorts): BeyondIndex {
  const { store, now, deadlineMs = 50, patienceMs = 30_000 } = ports;
  let failures = 0;
  let restUntil = 0;
  /** Entries that are to be removed, by partition. */
  const doomed = new Map<string, { readonly scope: Scope; readonly ids: Set<string> }>();
  let removing: Promise<void> | null = null;

  async function search(scope: Scope, vector: Float32Array, most: number): Promise<string[]> {
    if (now() < restUntil) throw new BeyondUnavailable("ClickHouse was slow a moment ago");
    const [s0, s1, s2, s3] = sketchOf(vector);
    const params = {
      project: scope.projectId,
      partition: scope.partition,
      ...{ s0, s1, s2, s3 },
      vector: JSON.stringify([...vector]),
      now: Math.floor(now() / 1_000),
      shortlist,
      most,
    };
    try {
      const rows = await store.query<{ entry_id: string }>(
        `SELECT entry_id FROM (
           SELECT entry_id, vector FROM ${table}
           WHERE project_id = {project:String} AND partition = {partition:String}
             AND expires_at > toDateTime({now:UInt32})
           ORDER BY bitHammingDistance(s0, {s0:UInt64}) + bitHammingDistance(s1, {s1:UInt64}) +
             bitHammingDistance(s2, {s2:UInt64}) + bitHammingDistance(s3, {s3:UInt64})
           LIMIT {shortlist:UInt32}
         )
         GROUP BY entry_id
         ORDER BY min(cosineDistance(vector, JSONExtract({vector:String}, 'Array(Float32)'))) LIMIT {most:UInt32}`,
        params,
        { timeout: deadlineMs },
      );
      failures = 0;
      return rows.map(({ entry_id }) => entry_id);
    } catch (cause) {
      if (++failures >= failuresInTurn) restUntil = now() + restMs;
      throw new BeyondUnavailable("ClickHouse did not answer in time", { cause });
    }
  }

  /** A removal costs the same for one row and for many: what comes meanwhile goes together. */
  async function removeDoomed(): Promise<void> {
    for (const [name, { scope: { projectId, partition }, ids }] of doomed) {
      doomed.delete(name);
      await store.command(
        `DELETE FROM ${table} WHERE project_id = {project:String}
           AND partition = {partition:String} AND entry_id IN {ids:Array(String)}`,
        { project: projectId, partition, ids: [...ids] },
      );
    }
  }

  return {
    search,
    async add({ projectId, partition }, entries) {
      if (entries.length === 0) return;
      const rows = entries.map(({ id, vector, expiresAt }) => {
        const [s0, s1, s2, s3] = sketchOf(vector);
        return {
          project_id: projectId,
          partition,
          entry_id: id,
          ...{ s0, s1, s2, s3 },
          vector: [...vector],
          expires_at: Math.min(latest, Math.ceil(expiresAt / 1_000)),
        };
      });
      await store.insert(table, rows);
    },
    async count({ projectId, partition }) {
      const [row] = await store.query<{ entries: string }>(
        `SELECT uniqExact(entry_id) AS entries FROM ${table}
         WHERE project_id = {project:String} AND partition = {partition:String}
           AND expires_at > toDateTime({now:UInt32})`,
        { project: projectId, partition, now: Math.floor(now() / 1_000) },
        { timeout: patienceMs },
      );
      return Number(row?.entries ?? 0);
    },
    remove(scope, ids) {
      const name = JSON.stringify([scope.projectId, scope.partition]);
      const waiting = doomed.get(name) ?? { scope, ids: new Set<string>() };
      doomed.set(name, waiting);
      for (const id of ids) waiting.ids.add(id);
      return removing ??= removeDoomed().finally(() => {
        removing = null;
      });
    },
    async erase(projectId, ids) {
      for (let from = 0; from < ids.length; from += idsAtOnce) {
        await store.command(
          `DELETE FROM ${table} WHERE project_id = {project:String} AND entry_id IN {ids:Array(String)}`,
          { project: projectId, ids: ids.slice(from, from + idsAtOnce) },
        );
      }
    },
    async clear(projectId) {
      await store.command(`DELETE FROM ${table} WHERE project_id = {project:String}`, {
        project: projectId,
      });
    },
  };
}
