/** Given a log and a sink, when the loop runs, then what is where. */
import { expect } from "expect";
import { acceptFlood, readCheckpoint } from "@/consumers/checkpoint.ts";
import { type Clock, systemClock } from "@/consumers/clock.ts";
import { listDeadLetters } from "@/consumers/dead_letter.ts";
import { readLag } from "@/consumers/lag.ts";
import { createLeases, type Lease } from "@/consumers/lease.ts";
import { defaultLoopTimes } from "@/consumers/loop.ts";
import { createPartition } from "@/consumers/partition.ts";
import { registerConsumer } from "@/consumers/registry.ts";
import { replayAll } from "@/consumers/replay.ts";
import { type ConsumerDeps, drain, runConsumers } from "@/consumers/run.ts";
import { DamagedPayload } from "@/core/log/damage.ts";
import { call } from "./event.ts";
import { type MemoryReader, memoryReader } from "./memory_reader.ts";
import { type MemorySink, memorySink, misconfigured, poison, transient } from "./sink.ts";

const never = new AbortController().signal;
const quick = { ...defaultLoopTimes, pollMs: [1, 5] as const, lingerMs: 0, parkedMs: 5 };
const times = { ...quick, backoff: { baseMs: 1, capMs: 2 } };

interface World extends AsyncDisposable {
  readonly kv: Deno.Kv;
  readonly reader: MemoryReader;
  readonly sink: MemorySink;
  readonly deps: ConsumerDeps;
}

async function given(sink = memorySink(), partitions = 1): Promise<World> {
  const kv = await Deno.openKv(":memory:");
  const reader = memoryReader(partitions);
  await registerConsumer(kv, { projection: "memory", generation: 1, state: "active" }, 0);
  return {
    kv,
    reader,
    sink,
    deps: { kv, reader, times, projectionOf: () => sink },
    [Symbol.asyncDispose]: () => Promise.resolve(kv.close()),
  };
}

function ids(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, n) => `e${from + n}`);
}

function appendIds(reader: MemoryReader, all: readonly string[], perRecord = 50, partition = 0) {
  for (let at = 0; at < all.length; at += perRecord) {
    reader.append(partition, ...all.slice(at, at + perRecord).map((id) => call({ id })));
  }
}

/** Runs the real loop until `done`, then stops it. */
async function runUntil({ deps }: World, done: () => boolean | Promise<boolean>): Promise<void> {
  const stop = new AbortController();
  const running = runConsumers(deps, stop.signal);
  const deadline = performance.now() + 120_000;
  while (!await done()) {
    if (performance.now() > deadline) throw new Error("The loop did not get there in time");
    await systemClock.sleep(2);
  }
  stop.abort();
  await running;
}

async function deadIds({ kv }: World): Promise<(string | null)[]> {
  return (await listDeadLetters(kv, "memory@g1", { limit: 1_000 })).letters
    .map((letter) => letter.event_id);
}

async function checkpointOf({ kv }: World, partition = 0) {
  return (await readCheckpoint(kv, "memory@g1", partition)).checkpoint;
}

Deno.test("the loop delivers every event once and in order", async () => {
  await using world = await given(memorySink(), 3);
  for (const partition of [0, 1, 2]) {
    appendIds(world.reader, ids(partition * 500, partition * 500 + 500), 7, partition);
  }
  await runUntil(world, () => world.sink.stored[0]?.length === 1_500);
  for (const partition of [0, 1, 2]) {
    const mine = new Set(ids(partition * 500, partition * 500 + 500));
    expect(world.sink.stored[0]?.filter((id) => mine.has(id))).toEqual([...mine]);
  }
});

Deno.test("the loop repeats a failed delivery with the same token until it succeeds", async () => {
  await using world = await given();
  let left = 5;
  world.sink.fault = () => left-- > 0 ? { before: transient } : null;
  appendIds(world.reader, ids(0, 10));
  await runUntil(world, () => world.sink.stored[0]?.length === 10);
  expect(world.sink.attempts).toHaveLength(6);
  expect(new Set(world.sink.attempts.map(({ token }) => token)).size).toBe(1);
});

Deno.test("the loop stores nothing twice when the acknowledgement was lost", async () => {
  await using world = await given();
  world.sink.fault = ({ rows }) =>
    world.sink.attempts.filter((one) => one.rows[0] === rows[0]).length < 3
      ? { after: transient }
      : null;
  appendIds(world.reader, ids(0, 100), 10);
  await runUntil(world, async () => (await checkpointOf(world)).rows === 100);
  expect(world.sink.stored[0]).toEqual(ids(0, 100));
});

Deno.test("a consumer that takes over delivers the begun range, not what has come since", async () => {
  await using world = await given();
  appendIds(world.reader, ids(0, 10));
  world.sink.fault = () => ({ after: transient });
  expect(await drain(world.deps, never)).toEqual({ rows: 0, complete: false });
  appendIds(world.reader, ids(10, 20));
  world.sink.fault = () => null;
  expect(await drain(world.deps, never)).toEqual({ rows: 20, complete: true });
  expect(world.sink.attempts.map(({ rows }) => rows.length)).toEqual([10, 10, 10]);
  expect(world.sink.attempts[0]?.token).toBe(world.sink.attempts[1]?.token);
  expect(world.sink.stored[0]).toEqual(ids(0, 20));
});

Deno.test("one bad row in 10,000 becomes a dead letter, every other one is stored once", async () => {
  await using world = await given(memorySink({ stages: 3 }));
  appendIds(world.reader, ids(0, 10_000));
  world.sink.fault = ({ rows }) => rows.includes("e7123") ? { before: poison } : null;
  expect(await drain(world.deps, never)).toMatchObject({ rows: 9_999 });
  expect(await deadIds(world)).toEqual(["e7123"]);
  for (const stage of [0, 1, 2]) {
    expect([...world.sink.stored[stage] ?? []].sort())
      .toEqual(ids(0, 10_000).filter((id) => id !== "e7123").sort());
  }
  expect(await checkpointOf(world)).toMatchObject({ rows: 9_999, dead: 1, pending: null });
});

Deno.test("a row that a later table refuses stays in the earlier ones and is replayed from there", async () => {
  await using world = await given(memorySink({ stages: 2 }));
  appendIds(world.reader, ids(0, 8));
  world.sink.fault = ({ stage, rows }) =>
    stage === 1 && rows.includes("e3") ? { before: poison } : null;
  await drain(world.deps, never);
  expect(world.sink.stored[0]).toEqual(ids(0, 8));
  world.sink.fault = () => null;
  const { kv, reader, sink } = world;
  expect(await replayAll({ kv, reader, projection: sink }, never)).toEqual({
    replayed: 1,
    left: 0,
  });
  expect(world.sink.stored.map((rows) => [...rows].sort())).toEqual([ids(0, 8), ids(0, 8)]);
});

Deno.test("dead letters found before a crash in the middle of a batch are not forgotten", async () => {
  await using world = await given(memorySink({ bytes: 1_000 }));
  appendIds(world.reader, ids(0, 40));
  world.sink.rejects = (id) => id === "e2";
  // Four pieces of ten: the first is done, the second has a bad row, then the sink is away.
  world.sink.fault = ({ rows }) =>
    rows.includes("e15") ? { before: poison } : rows.includes("e30") ? { before: transient } : null;
  expect(await drain(world.deps, never)).toMatchObject({ complete: false });
  expect((await checkpointOf(world)).pending).not.toBeNull();
  world.sink.fault = ({ rows }) => rows.includes("e15") ? { before: poison } : null;
  expect(await drain(world.deps, never)).toMatchObject({ complete: true });
  expect(await deadIds(world)).toEqual(["e2", "e15"]);
  expect(await checkpointOf(world)).toMatchObject({ rows: 38, dead: 2 });
  expect([...world.sink.stored[0] ?? []].sort())
    .toEqual(ids(0, 40).filter((id) => id !== "e2" && id !== "e15").sort());
});

Deno.test("a few events are all set aside when all are bad", async () => {
  await using world = await given();
  appendIds(world.reader, ids(0, 12));
  world.sink.fault = () => ({ before: poison });
  await drain(world.deps, never);
  expect(await deadIds(world)).toEqual(ids(0, 12));
  expect(await checkpointOf(world)).toMatchObject({ rows: 0, dead: 12, pending: null });
});

for (
  const [where, spoil] of [
    ["the projection", (sink: MemorySink) => sink.rejects = (id) => id.endsWith("0")],
    [
      "the sink",
      (sink: MemorySink) =>
        sink.fault = ({ rows }) => rows.some((id) => id.endsWith("0")) ? { before: poison } : null,
    ],
  ] as const
) {
  Deno.test(`one bad event in ten, found by ${where}, stops the consumer until it is accepted`, async () => {
    await using world = await given();
    appendIds(world.reader, ids(0, 1_000));
    spoil(world.sink);
    expect(await drain(world.deps, never)).toMatchObject({ complete: false });
    const [lag] = await readLag(world.kv, world.reader);
    expect(lag?.partitions[0]?.state).toMatchObject({ state: "parked", reason: "poison_flood" });
    expect((await checkpointOf(world)).committed).toBeNull();

    expect(await acceptFlood(world.kv, "memory@g1", 0)).toBe(true);
    expect(await drain(world.deps, never)).toMatchObject({ complete: true });
    const bad = ids(0, 1_000).filter((id) => id.endsWith("0"));
    expect((await deadIds(world)).sort()).toEqual(bad.sort());
    expect(await checkpointOf(world)).toMatchObject({ rows: 900, dead: 100 });
    expect(new Set(world.sink.stored[0]).size).toBe(900);
    expect(world.sink.stored[0]).toHaveLength(900);
  });
}

Deno.test("more dead letters than one commit takes are all kept", async () => {
  await using world = await given();
  appendIds(world.reader, ids(0, 1_300));
  world.sink.rejects = () => true;
  await drain(world.deps, never);
  await acceptFlood(world.kv, "memory@g1", 0);
  expect(await drain(world.deps, never)).toMatchObject({ complete: true });
  const { letters, cursor } = await listDeadLetters(world.kv, "memory@g1", { limit: 1_000 });
  const rest = await listDeadLetters(world.kv, "memory@g1", { cursor: cursor ?? "", limit: 1_000 });
  expect([...letters, ...rest.letters].map((one) => one.event_id)).toEqual(ids(0, 1_300));
});

Deno.test("an event of a version that is not known parks the consumer and is never passed by", async () => {
  await using world = await given();
  world.reader.append(0, call({ id: "e0" }), { ...call({ id: "e1" }), v: 2 }, call({ id: "e2" }));
  await drain(world.deps, never);
  await drain(world.deps, never);
  const [lag] = await readLag(world.kv, world.reader);
  expect(lag?.partitions[0]?.state).toMatchObject({
    state: "parked",
    reason: "unknown_event",
    detail: expect.stringContaining("call.completed@2"),
  });
  expect(await checkpointOf(world)).toMatchObject({ committed: null, rows: 0, dead: 0 });
  expect(await deadIds(world)).toEqual([]);
});

Deno.test("rubbish and damaged payloads become dead letters with their cause", async () => {
  await using world = await given();
  const reads: MemorySink["project"] = async (event, _entry, payload) => {
    await payload("request");
    return { ok: true, row: event.id };
  };
  world.sink.project = reads;
  world.reader.payloads = ({ id }) => {
    if (id === "e1") throw new DamagedPayload(id, "request", "a chunk is missing");
    return null;
  };
  world.reader.append(
    0,
    null,
    call({ id: "e1" }),
    { ...call({ id: "e2" }), at: "yesterday" },
    call({ id: "e3" }),
  );
  await drain(world.deps, never);
  const { letters } = await listDeadLetters(world.kv, "memory@g1");
  expect(letters).toMatchObject([
    { event_id: null, code: "invalid_event" },
    { event_id: "e1", code: "damaged_payload" },
    { event_id: "e2", code: "invalid_event", project: "project-1", position: { index: 2 } },
  ]);
  expect(world.sink.stored[0]).toEqual(["e3"]);
});

Deno.test("a store that cannot be read is no reason to set an event aside", async () => {
  await using world = await given();
  world.sink.project = async (event, _entry, payload) => {
    await payload("request");
    return { ok: true, row: event.id };
  };
  let outages = 3;
  world.reader.payloads = () => {
    if (outages-- > 0) throw new Error("disk is away");
    return null;
  };
  appendIds(world.reader, ids(0, 3));
  await runUntil(world, () => world.sink.stored[0]?.length === 3);
  expect(await deadIds(world)).toEqual([]);
});

Deno.test("a second copy of an event is left out, in the same batch and in a later one", async () => {
  await using world = await given();
  world.reader.append(0, call({ id: "a" }), call({ id: "b" }), call({ id: "a" }));
  await drain(world.deps, never);
  world.reader.append(0, call({ id: "b" }), call({ id: "c" }));
  await drain(world.deps, never);
  expect(world.sink.stored[0]).toEqual(["a", "b", "c"]);
  expect(await checkpointOf(world)).toMatchObject({ rows: 3, repeated: 2 });
});

Deno.test("two projects of one partition may choose the same id", async () => {
  await using world = await given();
  const both = [call({ id: "a" }), call({ id: "a", project: "project-2" })];
  world.reader.append(0, ...both);
  await drain(world.deps, never);
  expect(world.sink.stored[0]).toEqual(["a", "a"]);
  expect(await checkpointOf(world)).toMatchObject({ rows: 2, repeated: 0 });
});

Deno.test("a consumer whose sink refuses everything is parked, says so, and goes on once it is mended", async () => {
  await using world = await given();
  appendIds(world.reader, ids(0, 5));
  world.sink.fault = () => ({ before: misconfigured });
  const parked = async () =>
    (await readLag(world.kv, world.reader))[0]?.partitions[0]?.state?.state === "parked";
  await runUntil(world, parked);
  world.sink.fault = () => null;
  await runUntil(world, () => world.sink.stored[0]?.length === 5);
  expect(await deadIds(world)).toEqual([]);
});

Deno.test("replaying dead letters after the fault is mended leaves none and stores each once", async () => {
  await using world = await given();
  const { kv, reader, sink } = world;
  appendIds(reader, ids(0, 30));
  sink.rejects = (id) => id === "e3" || id === "e4";
  await drain(world.deps, never);
  const deps = { kv, reader, projection: sink };
  expect(await replayAll(deps, never)).toEqual({ replayed: 0, left: 2 });
  expect((await listDeadLetters(kv, sink.id)).letters.map(({ replays }) => replays)).toEqual([
    1,
    1,
  ]);
  sink.rejects = () => false;
  // The acknowledgement of the first one is lost: it is sent again.
  sink.fault = () => sink.attempts.length === 2 ? { after: transient } : null;
  expect(await replayAll(deps, never)).toEqual({ replayed: 0, left: 1 });
  expect(await replayAll(deps, never)).toEqual({ replayed: 2, left: 0 });
  expect(await deadIds(world)).toEqual([]);
  expect([...sink.stored[0] ?? []].sort()).toEqual(ids(0, 30).sort());
});

Deno.test("a zombie cannot move the checkpoint that another has moved", async () => {
  await using world = await given();
  const { kv, reader, sink } = world;
  const limits = { rows: 10, bytes: 1e9 };
  const partition = { kv, reader, projection: sink, partition: 0, clock: systemClock, limits };
  const lease: Lease = {
    epoch: 1,
    held: () => true,
    ensure: () => Promise.resolve(true),
    release: () => Promise.resolve(),
  };
  const options = { lease, signal: never, minimumRows: 0 };
  appendIds(reader, ids(0, 30), 10);
  const zombie = createPartition(partition);
  const successor = createPartition(partition);
  expect(await zombie.step(options)).toMatchObject({ outcome: "advanced" });
  expect(await successor.step(options)).toMatchObject({ outcome: "advanced" });
  expect(await zombie.step(options)).toEqual({ outcome: "fenced" });
  expect((await checkpointOf(world)).rows).toBe(20);
  expect(sink.stored[0]).toEqual(ids(0, 20));
});

Deno.test("a zombie that wakes up in its delivery stores nothing twice and cannot commit", async () => {
  await using world = await given();
  const { kv, reader, sink } = world;
  appendIds(reader, ids(0, 10));
  const limits = { rows: 100, bytes: 1e9 };
  const base = { kv, reader, partition: 0, clock: systemClock, limits };
  const lease: Lease = {
    epoch: 1,
    held: () => true,
    ensure: () => Promise.resolve(true),
    release: () => Promise.resolve(),
  };
  const options = { lease, signal: never, minimumRows: 0 };
  const successor = createPartition({ ...base, projection: sink });
  const slow: MemorySink = {
    ...sink,
    async deliver(stage, rows, token, signal) {
      // Meanwhile another takes over, finishes the range and commits it.
      await successor.step(options);
      return await sink.deliver(stage, rows, token, signal);
    },
  };
  const zombie = createPartition({ ...base, projection: slow });
  expect(await zombie.step(options)).toEqual({ outcome: "fenced" });
  expect(sink.stored[0]).toEqual(ids(0, 10));
  expect((await checkpointOf(world)).rows).toBe(10);
});

/** Two clocks of one test: wall and monotonic time move only when told. */
function testClock(): Clock & { advance(ms: number): void; wall: number } {
  let monotonic = 0;
  return {
    wall: 1_000_000,
    advance(ms) {
      monotonic += ms;
      this.wall += ms;
    },
    now() {
      return this.wall;
    },
    monotonic: () => monotonic,
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        signal?.addEventListener("abort", () => resolve());
      }),
  };
}

Deno.test("a lease is taken over after its time, not before, and its old holder knows", async () => {
  using kv = await Deno.openKv(":memory:");
  const clock = testClock();
  const one = createLeases({ kv, clock, owner: "one" });
  const other = createLeases({ kv, clock, owner: "other" });
  const lease = await one.tryAcquire(["lease"]);
  expect(await other.tryAcquire(["lease"])).toBeNull();
  clock.advance(7_600);
  expect(lease?.held()).toBe(false);
  expect(await other.tryAcquire(["lease"])).toBeNull();
  clock.advance(2_400);
  const taken = await other.tryAcquire(["lease"]);
  expect(taken?.epoch).toBe(2);
  expect(await lease?.ensure()).toBe(false);
  await lease?.release();
  expect(await one.tryAcquire(["lease"])).toBeNull();
  await taken?.release();
  const again = await one.tryAcquire(["lease"]);
  expect(again?.epoch).toBe(3);
  await again?.release();
});

Deno.test("a lease is free after its time even when the wall clock was set back", async () => {
  using kv = await Deno.openKv(":memory:");
  const clock = testClock();
  const lease = await createLeases({ kv, clock, owner: "one" }).tryAcquire(["lease"]);
  clock.wall -= 3_600_000;
  const other = createLeases({ kv, clock, owner: "other" });
  expect(await other.tryAcquire(["lease"])).toBeNull();
  clock.advance(9_999);
  expect(await other.tryAcquire(["lease"])).toBeNull();
  clock.advance(1);
  const taken = await other.tryAcquire(["lease"]);
  expect(taken).not.toBeNull();
  await taken?.release();
  await lease?.release();
});

Deno.test("a supervised process that was started again has its leases back at once", async () => {
  using kv = await Deno.openKv(":memory:");
  const clock = testClock();
  const killed = await createLeases({ kv, clock, owner: "supervised" }).tryAcquire(["lease"]);
  const again = await createLeases({ kv, clock, owner: "supervised" }).tryAcquire(["lease"]);
  expect(again?.epoch).toBe(2);
  await killed?.release();
  expect(again?.held()).toBe(true);
  await again?.release();
});

Deno.test("two consumers share the work and lose nothing when one is stopped", async () => {
  await using world = await given(memorySink(), 4);
  const first = new AbortController();
  const running = runConsumers(world.deps, first.signal);
  for (let n = 0; n < 40; n++) appendIds(world.reader, ids(n * 10, n * 10 + 10), 5, n % 4);
  await runUntil(world, async () => {
    const found = world.sink.stored[0]?.length ?? 0;
    if (found > 100 && !first.signal.aborted) {
      first.abort();
      await running;
    }
    return found === 400;
  });
  first.abort();
  await running;
  expect([...world.sink.stored[0] ?? []].sort()).toEqual(ids(0, 400).sort());
});
