/** What the semantic cache learns, over a real log and KV in memory. */
import { expect } from "expect";
import { createPolicyStore, type PolicyStore } from "@/core/cache/semantic/policy_store.ts";
import { replayJudgements } from "@/core/cache/semantic/replay_judgements.ts";
import type { KvPort } from "@/core/log/kv.ts";
import { type TestLog, testLog } from "@/tests/consumers/log.ts";
import { judged } from "./policies.ts";
import { request, withCache } from "./setting.ts";

let serial = 0;
const newId = () => `01JD${String(serial++).padStart(22, "0")}`;

function storeOf(log: TestLog, kv: KvPort = log.kv): PolicyStore {
  return createPolicyStore({ kv, log: log.writer, newId, now: Date.now, random: () => 0.5 });
}

/** Every fifth is wrong at first, none later; some have another target. */
async function teach(store: PolicyStore, project: string, partition: string, times: number) {
  for (let n = 0; n < times; n++) {
    await store.learn(
      project,
      judged(partition, {
        correct: n > 20 || n % 5 > 0,
        similarity: 0.8 + (n % 20) / 100,
        error_target: n > times / 2 ? 0.1 : 0.05,
        from: n % 3 === 0 ? "verified" : "shadow",
      }),
    );
  }
}

async function everything(kv: KvPort) {
  const found = await Array.fromAsync(kv.list({ prefix: ["cache"] }));
  return found.map(({ key, value }) => [key, value]);
}

Deno.test("what was learnt can be made anew from the log, to the last count", async () => {
  await using log = await testLog();
  const store = storeOf(log);
  await teach(store, "p1", "x", 300);
  await teach(store, "p1", "y", 30);
  await teach(store, "p2", "x", 7);
  const before = await everything(log.kv);
  // Three policies, and nothing that waits.
  expect(before).toHaveLength(3);
  expect((await store.read("p1", "x", 0.1)).threshold).not.toBeNull();
  for (const [key] of before.slice(0, 2)) await log.kv.delete(key as Deno.KvKey);
  await log.kv.set(["cache", "semantic_policy", "p2", "x"], "damaged");
  expect(await replayJudgements(log.kv, log.reader)).toBe(3);
  expect(await everything(log.kv)).toEqual(before);
  // Done again, it changes nothing.
  await replayJudgements(log.kv, log.reader);
  expect(await everything(log.kv)).toEqual(before);
});

Deno.test("a judgement that a process did not get to count is counted by the next, once", async () => {
  await using log = await testLog();
  const cut = new Proxy(log.kv, {
    get: (kv, name) =>
      name === "atomic"
        ? () => {
          throw new Error("cut off");
        }
        : Reflect.get(kv, name).bind(kv),
  });
  await expect(storeOf(log, cut).learn("p", judged("x"))).rejects.toThrow("cut off");
  expect((await storeOf(log).read("p", "x", 0.05)).tallies[0]?.cases).toBe(0);
  await storeOf(log).learn("p", judged("x", { correct: false }));
  expect((await storeOf(log).read("p", "x", 0.05)).tallies[0]).toEqual({ cases: 2, wrong: 1 });
  const before = await everything(log.kv);
  expect(before).toHaveLength(1);
  // One that waits while all is made anew is counted once as well.
  await expect(storeOf(log, cut).learn("p", judged("x"))).rejects.toThrow("cut off");
  await replayJudgements(log.kv, log.reader);
  await storeOf(log).learn("p", judged("x"));
  expect((await storeOf(log).read("p", "x", 0.05)).tallies[0]).toEqual({ cases: 4, wrong: 1 });
});

Deno.test("what is learnt while all is made anew is not lost", async () => {
  await using log = await testLog();
  await teach(storeOf(log), "p", "x", 40);
  let others = 0;
  const busy = new Proxy(log.kv, {
    get(kv, name) {
      if (name !== "get") return Reflect.get(kv, name).bind(kv);
      return async (key: Deno.KvKey) => {
        const found = await kv.get(key);
        if (others++ < 3) await storeOf(log).learn("p", judged("x"));
        return found;
      };
    },
  });
  expect(await replayJudgements(busy, log.reader)).toBe(1);
  expect((await storeOf(log).read("p", "x", 0.05)).tallies[0]?.cases).toBe(43);
});

Deno.test("a note that is damaged counts for nothing and does not stand in the way", async () => {
  await using log = await testLog();
  await log.kv.set(["cache", "semantic_judged", "p", "x", "0"], new Uint8Array([1]));
  await storeOf(log).learn("p", judged("x"));
  expect((await storeOf(log).read("p", "x", 0.05)).tallies[0]?.cases).toBe(1);
  expect(await everything(log.kv)).toHaveLength(1);
});

Deno.test("a judgement in the log says what was compared and how, and no word of it", () =>
  withCache(async ({ ask, cache, log }) => {
    await ask(request("How do I reset my password?"), "Use the link.");
    const { lookup } = await ask(request("How can I reset my password?"), "Ask somebody else.");
    const [event, ...more] = log.events;
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      type: "cache.judged",
      v: 1,
      project: "p1",
      data: {
        partition: lookup.explain.partition,
        correct: false,
        by: "words",
        from: "shadow",
        error_target: 0.05,
      },
    });
    expect(JSON.stringify(event)).not.toMatch(/password|link|somebody/);
    if (lookup.kind !== "call" || !lookup.ticket.wouldHit) throw new Error("no would-be hit");
    await cache.feedback(lookup.ticket, lookup.ticket.wouldHit.entryId, false, "call-1");
    // Praise is an event of its own already.
    await cache.feedback(lookup.ticket, lookup.ticket.wouldHit.entryId, true, "call-1");
    expect(log.events.map(({ data }) => "by" in data && data.by)).toEqual(["words", "feedback"]);
    expect(log.events[1]?.data).toMatchObject({ event_id: "call-1", correct: false });
  }));
