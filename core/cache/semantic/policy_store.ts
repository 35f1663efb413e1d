/**
 * Keeps each partition's policy in KV. Several processes learn at once: every change is a
 * compare-and-set of the state it was made from, so no outcome is lost and none counts twice.
 *
 * @module
 */
import { z } from "zod";
import type { KvPort } from "../../log/kv.ts";
import {
  freshPolicy,
  learn,
  type Outcome,
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
  /** Takes in an outcome; resolves to what it changed. */
  learn(
    projectId: string,
    partition: string,
    outcome: Outcome,
    context: { readonly embedder: string; readonly errorTarget: number },
  ): Promise<PolicyChange>;
  list(projectId: string): Promise<{ readonly partition: string; readonly record: PolicyRecord }[]>;
  clear(projectId: string): Promise<void>;
}

/** Other writers were faster `attempts` times in a row. */
export class PolicyContended extends Error {
  override readonly name = "PolicyContended";
}

export interface PolicyStoreDeps {
  readonly kv: KvPort;
  /** From 0 up to 1; spreads the retries of several processes. */
  readonly random: () => number;
}

/** Makes the store of policies. */
export function createPolicyStore({ kv, random }: PolicyStoreDeps): PolicyStore {
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

  const keyOf = (projectId: string, partition: string) => [...root, projectId, partition];

  /** A record of another version, or damaged, is as good as none: learning starts again, in shadow. */
  function stateIn(value: unknown, errorTarget: number): PolicyState {
    const parsed = recordSchema.safeParse(value);
    if (!parsed.success) return freshPolicy;
    const { state, errorTarget: before } = parsed.data;
    return before === errorTarget ? state : retarget(state, errorTarget);
  }

  async function compareAndSet(
    key: readonly string[],
    outcome: Outcome,
    { embedder, errorTarget }: { readonly embedder: string; readonly errorTarget: number },
  ): Promise<PolicyChange> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const found = await kv.get(key);
      const next = learn(stateIn(found.value, errorTarget), outcome, errorTarget);
      const state = { ...next.state, tallies: [...next.state.tallies] };
      const record: PolicyRecord = { embedder, errorTarget, state };
      if ((await kv.atomic().check(found).set(key, record).commit()).ok) return next.change;
      await pause(attempt);
    }
    throw new PolicyContended(`The policy of a partition changed ${attempts} times in between`);
  }

  return {
    async read(projectId, partition, errorTarget) {
      const { value } = await kv.get(keyOf(projectId, partition));
      return stateIn(value, errorTarget);
    },

    learn(projectId, partition, outcome, context) {
      const key = keyOf(projectId, partition);
      return oneAtATime(JSON.stringify(key), () => compareAndSet(key, outcome, context));
    },

    async list(projectId) {
      const found: { partition: string; record: PolicyRecord }[] = [];
      for await (const { key, value } of kv.list({ prefix: [...root, projectId] })) {
        const parsed = recordSchema.safeParse(value);
        if (parsed.success) found.push({ partition: String(key.at(-1)), record: parsed.data });
      }
      return found;
    },

    async clear(projectId) {
      for await (const { key } of kv.list({ prefix: [...root, projectId] })) await kv.delete(key);
    },
  };
}
