/**
 * Brings what the semantic cache has learnt to what the log tells of it: after its records in KV were
 * lost or damaged, or when a release learns otherwise from the same judgements. Traffic may go on.
 *
 * @module
 */
import { judgementDataSchema } from "../../event/judgement.ts";
import type { LogReader } from "../../log/contract.ts";
import type { KvPort } from "../../log/kv.ts";
import { after, type Learnt, notesOf } from "./judgements.ts";
import { freshPolicy } from "./policy/policy.ts";
import { policyKey, policyRecord } from "./policy_store.ts";

/** One partition of the semantic cache, as the log tells of it so far. */
interface Told {
  readonly project: string;
  readonly partition: string;
  readonly logPartition: number;
  learnt: Learnt;
  /** Events that are counted in it. */
  readonly counted: Set<string>;
}

/** Attempts against processes that learn meanwhile. */
const attempts = 20;

/** Resolves to the number of contexts that were brought. */
export async function replayJudgements(kv: KvPort, reader: LogReader): Promise<number> {
  const told = new Map<string, Told>();
  const ends = new Array<string | null>(reader.partitions).fill(null);

  /** Takes in what the log has after the last reading. */
  async function readOn(partition: number): Promise<void> {
    while (true) {
      const records = await reader.read(partition, { after: ends[partition] ?? null });
      const last = records.at(-1);
      if (!last) return;
      for (const { entries } of records) for (const { raw } of entries) count(raw, partition);
      ends[partition] = last.versionstamp;
    }
  }

  function count(raw: unknown, logPartition: number): void {
    const { type, v, id, project, data } = fields(raw);
    if (type !== "cache.judged" || v !== 1) return;
    const judgement = judgementDataSchema.parse(data);
    const name = JSON.stringify([project, judgement.partition]);
    const one: Told = told.get(name) ?? {
      project: String(project),
      partition: judgement.partition,
      logPartition,
      learnt: { state: freshPolicy, errorTarget: judgement.error_target, embedder: "" },
      counted: new Set(),
    };
    told.set(name, one);
    one.learnt = after(one.learnt, judgement).learnt;
    one.counted.add(String(id));
  }

  async function bring(one: Told): Promise<boolean> {
    const found = await kv.get(policyKey(one.project, one.partition));
    // Whatever stands there was in the log before: after this, it is counted here as well.
    await readOn(one.logPartition);
    const notes = await notesOf(kv, one.project, one.partition);
    const operation = kv.atomic().check(found).set(found.key, policyRecord(one.learnt));
    for (const { key, event } of notes) if (one.counted.has(event)) operation.delete(key);
    return (await operation.commit()).ok;
  }

  for (let partition = 0; partition < reader.partitions; partition++) await readOn(partition);
  let brought = 0;
  for (const one of told.values()) {
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (!await bring(one)) continue;
      brought++;
      break;
    }
  }
  return brought;
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
