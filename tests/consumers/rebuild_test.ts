/** A rebuild, with traffic that goes on and with ends at every step. */
import { expect } from "expect";
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { activeGeneration, listGenerations } from "@/clickhouse/generation.ts";
import {
  rebuildClickHouse,
  type RebuildDeps,
  type RebuildStep,
  type Rebuilt,
} from "@/consumers/clickhouse/rebuild.ts";
import { createClickHouseProjection } from "@/consumers/clickhouse/projection.ts";
import { systemClock } from "@/consumers/clock.ts";
import { defaultLoopTimes } from "@/consumers/loop.ts";
import { prove } from "@/consumers/proof.ts";
import { listConsumers, registerConsumer } from "@/consumers/registry.ts";
import { runConsumers } from "@/consumers/run.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";
import { call, chatPayloads } from "./event.ts";
import { type TestLog, testLog } from "./log.ts";

const clickhouse = useClickHouse();
const times = { ...defaultLoopTimes, pollMs: [10, 50] as const, lingerMs: 50 };
const plain = { acceptDifferences: false, back: false, signal: new AbortController().signal };

/** The consumers process, until the end of the test. */
async function consumersProcess(log: TestLog, store: ClickHouseStore) {
  await registerConsumer(log.kv, { projection: "clickhouse", generation: 1, state: "active" }, 0);
  const stop = new AbortController();
  const running = runConsumers({
    kv: log.kv,
    reader: log.reader,
    times,
    projectionOf: ({ generation }) =>
      createClickHouseProjection({ store, generation, logGeneration: log.reader.generation }),
  }, stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

function depsOf(log: TestLog, store: ClickHouseStore, onStep?: RebuildDeps["onStep"]): RebuildDeps {
  return {
    kv: log.kv,
    reader: log.reader,
    store,
    clock: systemClock,
    report: () => {},
    onProgress: () => {},
    consumers: { times },
    ...(onStep && { onStep }),
  };
}

async function append(log: TestLog, from: number, to: number): Promise<void> {
  const appends = [];
  for (let n = from; n < to; n++) {
    const parts = { id: `e${n}`, project: `p${n % 5}`, at: new Date(n * 3_600_000).toISOString() };
    appends.push(log.writer.append(call(parts), chatPayloads(`question ${n}`, `answer ${n}`)));
  }
  await Promise.all(appends);
}

/** Waits until the active consumer has everything. */
async function settled(log: TestLog, store: ClickHouseStore) {
  const deadline = performance.now() + 120_000;
  while (performance.now() < deadline) {
    const proof = await prove({ kv: log.kv, reader: log.reader, store });
    if (proof?.complete) return proof;
    await systemClock.sleep(50);
  }
  throw new Error(`Not settled: ${JSON.stringify(await prove({ ...log, store }))}`);
}

async function readersSee(store: ClickHouseStore, events: number): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (performance.now() < deadline) {
    const [row] = await store.query<{ n: string }>("SELECT count() AS n FROM events");
    if (Number(row?.n) === events) return;
    await systemClock.sleep(20);
  }
  throw new Error(`Readers do not see ${events} events`);
}

function generationOf(rebuilt: Rebuilt): number {
  if (!rebuilt.ok) throw new Error(`The rebuild ended with ${rebuilt.reason}`);
  return rebuilt.generation;
}

Deno.test("rebuild() while traffic goes on changes over to tables that say the same", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  await using _process = await consumersProcess(log, db.store);
  await append(log, 0, 400);
  await settled(log, db.store);

  let next = 400;
  let traffic = true;
  const appending = (async () => {
    while (traffic) {
      await append(log, next, next + 5);
      next += 5;
      await systemClock.sleep(20);
    }
  })();
  const failedReads: unknown[] = [];
  const reading = (async () => {
    while (traffic) {
      await db.store.query("SELECT count() FROM events").catch((error) => failedReads.push(error));
      await systemClock.sleep(20);
    }
  })();
  const rebuilt = await rebuildClickHouse(depsOf(log, db.store), plain).finally(() => {
    traffic = false;
    return Promise.all([appending, reading]);
  });

  expect(generationOf(rebuilt)).toBe(2);
  expect(failedReads).toEqual([]);
  expect(await activeGeneration(db.store)).toBe(2);
  // The running process has learnt of the change by itself: what came last is in the new tables.
  const proof = await settled(log, db.store);
  expect(proof).toMatchObject({
    consumer: "clickhouse@g2",
    total: { appended: next, stored: next },
  });
  expect(await listConsumers(log.kv)).toMatchObject([
    { id: "clickhouse@g1", state: "retired" },
    { id: "clickhouse@g2", state: "active" },
  ]);
});

const steps: RebuildStep[] = [
  "register",
  "create",
  "catch up",
  "compare",
  "activate",
  "swap",
  "retire",
];
for (const step of steps) {
  Deno.test(`rebuild() that ended before "${step}" can be run again`, async () => {
    await using db = await clickhouse.database();
    await using log = await testLog();
    await using _process = await consumersProcess(log, db.store);
    await append(log, 0, 100);
    await settled(log, db.store);

    const dies = depsOf(log, db.store, (now) => {
      if (now === step) throw new Error("killed");
    });
    await expect(rebuildClickHouse(dies, plain)).rejects.toThrow("killed");
    // Meanwhile whatever readers see is fed.
    await append(log, 100, 110);
    await readersSee(db.store, 110);
    const rebuilt = await rebuildClickHouse(depsOf(log, db.store), plain);

    expect(generationOf(rebuilt)).toBe(2);
    const proof = await settled(log, db.store);
    expect(proof).toMatchObject({ generation: 2, total: { appended: 110, stored: 110 } });
    const [row] = await db.store.query<{ n: string }>("SELECT count() AS n FROM events_g2");
    expect(Number(row?.n)).toBe(110);
  });
}

Deno.test("rebuild() does not change over when the old tables hold something else", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  await using _process = await consumersProcess(log, db.store);
  await append(log, 0, 50);
  await settled(log, db.store);
  await db.store.command("DELETE FROM events_g1 WHERE event_id = 'e7'");

  const deps = depsOf(log, db.store);
  const refused = await rebuildClickHouse(deps, plain);
  expect(refused).toMatchObject({
    ok: false,
    reason: "differs",
    comparison: { differences: [{ project: "p2", day: "1970-01-01" }] },
  });
  expect(await activeGeneration(db.store)).toBe(1);

  const rebuilt = await rebuildClickHouse(deps, { ...plain, acceptDifferences: true });
  expect(generationOf(rebuilt)).toBe(2);
  const [row] = await db.store.query<{ n: string }>("SELECT count() AS n FROM events");
  expect(Number(row?.n)).toBe(50);
});

Deno.test("rebuild() sees a difference in a call without a price", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  await using _process = await consumersProcess(log, db.store);
  const cost = {
    usd: null,
    lines: [],
    unpriced_reason: "No price is known.",
    price: {
      source: "none",
      version: "1",
      provider: null,
      model: null,
      match: "none",
      tier: "standard",
    },
  } as const;
  await log.writer.append(call({ id: "unpriced", data: { cost: { ...cost, lines: [] } } }), {});
  await settled(log, db.store);
  await db.store.command(
    `ALTER TABLE events_g1 UPDATE status = 'error' WHERE event_id = 'unpriced'
     SETTINGS mutations_sync = 2`,
  );
  expect(await rebuildClickHouse(depsOf(log, db.store), plain)).toMatchObject({
    ok: false,
    reason: "differs",
  });
});

Deno.test("rebuild() goes back to the generation that it replaced, and drops older ones", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  await using _process = await consumersProcess(log, db.store);
  await append(log, 0, 50);
  await settled(log, db.store);
  const deps = depsOf(log, db.store);

  expect(generationOf(await rebuildClickHouse(deps, plain))).toBe(2);
  await append(log, 50, 60);
  await settled(log, db.store);
  expect(generationOf(await rebuildClickHouse(deps, { ...plain, back: true }))).toBe(1);
  expect(await settled(log, db.store)).toMatchObject({ generation: 1, total: { stored: 60 } });

  expect(generationOf(await rebuildClickHouse(deps, plain))).toBe(3);
  expect(await listGenerations(db.store)).toEqual([1, 3]);
});
