/**
 * Judgements on their way from the log into what a partition has learnt. A judgement is an event; in the
 * commit that stores it stands a note in KV, which goes away in the very commit that counts it.
 *
 * Guarantees: nothing is learnt that the log does not tell; each judgement counts once, however often a
 * process is cut off in between.
 *
 * Owns `["cache", "semantic_judged", project, partition, event]`.
 *
 * @module
 */
import { type JudgementData, judgementDataSchema } from "../../event/judgement.ts";
import type { LogWriter } from "../../log/contract.ts";
import type { KvPort } from "../../log/kv.ts";
import { learn, type PolicyChange, type PolicyState, retarget } from "./policy/policy.ts";

const root = ["cache", "semantic_judged"] as const;
/** Notes that are counted at once. */
const atOnce = 100;

export interface JudgementPorts {
  readonly kv: KvPort;
  readonly log: Pick<LogWriter, "append">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Makes event ids that sort by time. */
  readonly newId: () => string;
}

/** A judgement that is in the log and not yet counted. */
export interface Note {
  readonly key: Deno.KvKey;
  readonly event: string;
  /** Null when it is damaged, and counts for nothing. */
  readonly judgement: JudgementData | null;
}

/** Brings a judgement into the log. */
export async function record(
  { log, now, newId }: JudgementPorts,
  project: string,
  judgement: JudgementData,
): Promise<void> {
  const id = newId();
  const at = new Date(now()).toISOString();
  const value = new TextEncoder().encode(JSON.stringify(judgement));
  const key = [...root, project, judgement.partition, id];
  const data = judgement;
  await log.append({ type: "cache.judged", v: 1, id, project, at, data }, {}, [{ key, value }]);
}

/** The judgements of a partition that wait to be counted, in order of time. */
export async function notesOf(kv: KvPort, project: string, partition: string): Promise<Note[]> {
  const notes: Note[] = [];
  for await (
    const { key, value } of kv.list({ prefix: [...root, project, partition] }, { limit: atOnce })
  ) {
    notes.push({ key, event: String(key.at(-1)), judgement: readJudgement(value) });
  }
  return notes;
}

function readJudgement(value: unknown): JudgementData | null {
  try {
    const text = value instanceof Uint8Array ? new TextDecoder().decode(value) : "";
    return judgementDataSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** What a partition has learnt, and under which target. */
export interface Learnt {
  readonly state: PolicyState;
  readonly errorTarget: number;
  readonly embedder: string;
}

/** What it has learnt after one more judgement. */
export function after(
  before: Pick<Learnt, "state" | "errorTarget">,
  { error_target: errorTarget, embedder, similarity, correct, from }: JudgementData,
): { readonly learnt: Learnt; readonly change: PolicyChange } {
  const state = before.errorTarget === errorTarget
    ? before.state
    : retarget(before.state, errorTarget);
  const next = learn(state, { similarity, correct, from }, errorTarget);
  return { learnt: { state: next.state, errorTarget, embedder }, change: next.change };
}
