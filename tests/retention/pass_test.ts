/** Looks of retention: one process at a time, once a day through the log, and what holds it up is told. */
import { expect } from "expect";
import { readCheckpoint, storeCheckpoint } from "@/consumers/checkpoint.ts";
import { type Clock, systemClock } from "@/consumers/clock.ts";
import { createLeases } from "@/consumers/lease.ts";
import { registerConsumer } from "@/consumers/registry.ts";
import { createRetention, type RetentionDeps } from "@/consumers/retention/pass.ts";
import { readPassState } from "@/core/retention/pass_state.ts";
import { erase, readRemoved } from "@/core/retention/removed.ts";
import { call, chatPayloads } from "../consumers/event.ts";
import { type TestLog, testLog } from "../consumers/log.ts";

const never = new AbortController().signal;
const day = 86_400_000;
const start = Date.parse("2026-06-15T12:00:00.000Z");
const consumer = "clickhouse@g1";

async function setUp(log: TestLog, options: Partial<RetentionDeps> = {}) {
  await registerConsumer(log.kv, { projection: "clickhouse", generation: 1, state: "active" }, 0);
  const time = { now: start };
  let ids = 0;
  const clock: Clock = { ...systemClock, now: () => time.now };
  const deps = (owner: string): RetentionDeps => ({
    kv: log.kv,
    reader: log.reader,
    log: log.writer,
    newId: () => `r${++ids}`,
    clock,
    leases: createLeases({ kv: log.kv, clock, owner }),
    settings: () => Promise.resolve(new Map([["p", { calls_days: 30, bodies_days: null }]])),
    ...options,
  });
  return {
    time,
    look: createRetention(deps("one")),
    other: createRetention(deps("other")),
    append: (id: string, ageDays: number) =>
      log.writer.append(
        call({ id, project: "p", at: new Date(time.now - ageDays * day).toISOString() }),
        chatPayloads("question", "answer"),
      ),
    /** The consumer has read everything. */
    async read() {
      for (let partition = 0; partition < log.reader.partitions; partition++) {
        const current = await readCheckpoint(log.kv, consumer, partition);
        const { checkpoint } = current;
        const { events, last } = await log.reader.count(partition, checkpoint.committed);
        if (last === null) continue;
        const next = { ...checkpoint, committed: last, rows: checkpoint.rows + events };
        await storeCheckpoint(log.kv, consumer, partition, current, next);
      }
    },
  };
}

async function idsIn(log: TestLog): Promise<string[]> {
  const ids: string[] = [];
  for (let partition = 0; partition < log.reader.partitions; partition++) {
    for (const { entries } of await log.reader.read(partition, { after: null })) {
      ids.push(...entries.map(({ raw }) => (raw as { id: string }).id));
    }
  }
  return ids;
}

Deno.test("two processes that look at once take away once", async () => {
  await using log = await testLog();
  const purges: number[] = [];
  const { look, other, append } = await setUp(log, {
    purge: () => Promise.resolve(void purges.push(1)),
  });
  await append("old", 40);
  const looked = await Promise.all([look(never), other(never)]);
  expect(looked.map(({ outcome }) => outcome).sort()).toEqual(["busy", "trimmed"]);
  expect((await readRemoved(log.kv, "p")).cuts).toHaveLength(1);
  expect(await other(never)).toMatchObject({ outcome: "looked", applied: [] });
  expect((await readRemoved(log.kv, "p")).cuts).toHaveLength(1);
  expect(purges).toHaveLength(1);
});

Deno.test("a record goes a day after all have passed it and what took it away", async () => {
  await using log = await testLog();
  const { look, append, read, time } = await setUp(log);
  await append("old", 40);
  await append("new", 1);
  await read();
  for (let night = 0; night < 2; night++) {
    await look(never);
    await read();
    expect(await idsIn(log)).toContain("old");
    time.now += day + 60_000;
  }
  const { state } = await look(never);
  expect(await idsIn(log)).not.toContain("old");
  expect(await idsIn(log)).toContain("new");
  expect(state).toMatchObject({ events: 1, records: 1, stalled: [], problem: null });
  expect(await readPassState(log.kv)).toEqual(state);
});

Deno.test("a consumer that stands still holds the log, and is named", async () => {
  await using log = await testLog();
  const { look, append, read, time } = await setUp(log);
  await append("old", 40);
  await read();
  await append("unread", 40);
  for (let night = 0; night < 6; night++) {
    await look(never);
    time.now += day + 60_000;
  }
  const { state } = await look(never);
  // The event that took the old one away is behind what was not read.
  expect(await idsIn(log)).toEqual(expect.arrayContaining(["old", "unread"]));
  expect(state?.stalled).toEqual([{
    partition: expect.any(Number),
    consumer,
    since: new Date(start).toISOString(),
  }]);
  await read();
  for (let night = 0; night < 3; night++) {
    await look(never);
    await read();
    time.now += day + 60_000;
  }
  expect(await idsIn(log)).not.toContain("old");
  expect((await look(never)).state?.stalled).toEqual([]);
});

Deno.test("a consumer that had nothing to do for days has not stood still", async () => {
  await using log = await testLog();
  const { look, append, read, time } = await setUp(log, {
    settings: () => Promise.resolve(new Map()),
  });
  await append("one", 0);
  await read();
  for (let night = 0; night < 4; night++) {
    await look(never);
    time.now += day + 60_000;
  }
  await append("another", 0);
  expect((await look(never)).state?.stalled).toEqual([]);
});

Deno.test("what was cut off is taken up by the next look, on the same day", async () => {
  await using log = await testLog();
  let away = true;
  const { look, append } = await setUp(log, {
    settings: () =>
      away
        ? Promise.reject(new Error("The store is away"))
        : Promise.resolve(new Map([["p", { calls_days: 30, bodies_days: null }]])),
  });
  await append("old", 40);
  await expect(look(never)).rejects.toThrow("away");
  expect(await readPassState(log.kv)).toBe(null);
  away = false;
  const ended = new AbortController();
  ended.abort();
  expect((await look(ended.signal)).outcome).toBe("looked");
  expect((await readPassState(log.kv))?.day).toBe(null);
  expect(await look(never)).toMatchObject({ outcome: "trimmed", applied: ["p"] });
});

Deno.test("a purge that fails is told of and does not hold up the rest", async () => {
  await using log = await testLog();
  const { look } = await setUp(log, { purge: () => Promise.reject(new Error("No room")) });
  const { outcome, state } = await look(never);
  expect(outcome).toBe("trimmed");
  expect(state?.problem).toContain("No room");
});

Deno.test("the cache is asked about an erasure on the days after it, and not for ever", async () => {
  await using log = await testLog();
  const asked: string[][] = [];
  const { time, look, append, read } = await setUp(log, {
    forget: (_, erasures) => {
      asked.push(erasures.map((one) => "user_id" in one ? one.user_id : one.event_id));
      return Promise.resolve();
    },
  });
  let ids = 0;
  const erased = (user_id: string) =>
    erase(
      { kv: log.kv, log: log.writer, now: () => time.now, newId: () => `e${++ids}` },
      "p",
      { user_id },
    );
  await append("one", 1);
  await erased("ann");
  for (const user of [null, "bob", null, null, null]) {
    await read();
    expect(await look(never)).toMatchObject({ outcome: "trimmed" });
    time.now += day;
    if (user) await erased(user);
  }
  expect(asked).toEqual([["ann"], ["ann"], ["ann", "bob"], ["bob"], ["bob"]]);
});
