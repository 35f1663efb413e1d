/**
 * Keeps each partition's policy in KV: what the judgements of the log add up to. Several processes learn
 * at once: every change is a compare-and-set of the state it was made from, so no judgement is lost and
 * none counts twice.
 *
 * @module
 */
import { z } from "zod";
import type { JudgementData } from "../../event/judgement.ts";
import { after, type JudgementPorts, type Learnt, notesOf, record } from "./judgements.ts";
import {
  freshPolicy,
  type PolicyChange,
  type PolicyState,
  retarget,
  thresholds,
} from "./policy/policy.ts";

const root = ["cache", "semantic_policy"] as const;
/** Attempts against other processes before an outcome is given up; the caller reports it. */
const attempts = 20;
/** Longest pause between two of them, in milliseconds. */
const longestPause = 50;

const recordSchema = z.object({
  embedder: z.string(),
  errorTarget: z.number(),
  state: z.object({
    version: z.literal(1),
    tallies: z.array(z.object({ cases: z.number().int().min(0), wrong: z.number().int().min(0) }))
      .length(thresholds.length),
    threshold: z.number().nullable(),
    alarm: z.number().min(0),
    demotions: z.number().int().min(0),
  }),
});

export type PolicyRecord = z.infer<typeof recordSchema>;

export interface PolicyStore {
  /** A partition's policy under the error target that holds now. */
  read(projectId: string, partition: string, errorTarget: number): Promise<PolicyState>;
  /** Takes in a judgement, which is in the log then; resolves to what it changed. */
  learn(projectId: string, judgement: JudgementData): Promise<PolicyChange>;
  list(projectId: string): Promise<{ readonly partition: string; readonly record: PolicyRecord }[]>;
}

/** Other writers were faster `attempts` times in a row. */
export class PolicyContended extends Error {
  override readonly name = "PolicyContended";
}

export interface PolicyStoreDeps extends JudgementPorts {
  /** From 0 up to 1; spreads the retries of several processes. */
  readonly random: () => number;
}

/** Where a partition's policy is. */
export const policyKey = (projectId: string, partition: string) => [...root, projectId, partition];

/** What stands there. */
export function policyRecord({ state, errorTarget, embedder }: Learnt): PolicyRecord {
  return { embedder, errorTarget, state: { ...state, tallies: [...state.tallies] } };
}

/** Makes the store of policies. */
export function createPolicyStore(deps: PolicyStoreDeps): PolicyStore {
  const { kv, random } = deps;
  /** By partition, the last change that this process has begun: its own changes wait in line. */
  const inLine = new Map<string, Promise<unknown>>();

  async function oneAtATime<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = inLine.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    inLine.set(name, mine);
    try {
      return await mine;
    } finally {
      if (inLine.get(name) === mine) inLine.delete(name);
    }
  }

  /** A random pause, longer with every attempt, so that no process loses for ever. */
  function pause(attempt: number): Promise<void> {
    const ms = random() * Math.min(longestPause, 2 ** attempt);
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  /** A record of another version, or damaged, is as good as none: learning starts again, in shadow. */
  function learntIn(value: unknown, errorTarget: number): Pick<Learnt, "state" | "errorTarget"> {
    const parsed = recordSchema.safeParse(value);
    return parsed.success ? parsed.data : { state: freshPolicy, errorTarget };
  }

  /** Counts what waits to be counted; null when another process has done it. */
  async function count(projectId: string, partition: string): Promise<PolicyChange> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const found = await kv.get(policyKey(projectId, partition));
      const notes = await notesOf(kv, projectId, partition);
      if (notes.length === 0) return null;
      const operation = kv.atomic().check(found);
      let learnt: Learnt | null = null;
      let change: PolicyChange = null;
      for (const { key, judgement } of notes) {
        operation.delete(key);
        if (!judgement) continue;
        const next = after(learnt ?? learntIn(found.value, judgement.error_target), judgement);
        learnt = next.learnt;
        change = next.change ?? change;
      }
      if (learnt) operation.set(found.key, policyRecord(learnt));
      if ((await operation.commit()).ok) return change;
      await pause(attempt);
    }
    throw new PolicyContended(`The policy of a partition changed ${attempts} times in between`);
  }

  return {
    async read(projectId, partition, errorTarget) {
      const { value } = await kv.get(policyKey(projectId, partition));
      const { state, errorTarget: before } = learntIn(value, errorTarget);
      return before === errorTarget ? state : retarget(state, errorTarget);
    },

    learn(projectId, judgement) {
      const { partition, from, correct } = judgement;
      // Praise earns nothing, and stands in the log as the feedback that it is.
      if (from === "feedback" && correct) return Promise.resolve(null);
      return oneAtATime(JSON.stringify([projectId, partition]), async () => {
        await record(deps, projectId, judgement);
        return await count(projectId, partition);
      });
    },

    async list(projectId) {
      const found: { partition: string; record: PolicyRecord }[] = [];
      for await (const { key, value } of kv.list({ prefix: [...root, projectId] })) {
        const parsed = recordSchema.safeParse(value);
        if (parsed.success) found.push({ partition: String(key.at(-1)), record: parsed.data });
      }
      return found;
    },
  };
}
