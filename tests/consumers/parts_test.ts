/** Plans, waits, gates, slots and nudges. */
import { expect } from "expect";
import fc from "fast-check";
import { systemClock } from "@/consumers/clock.ts";
import { createGate } from "@/consumers/gate.ts";
import { createNudger, listenForNudges, nudgePath } from "@/consumers/nudge.ts";
import { patientKv } from "@/consumers/patient_kv.ts";
import { firstPlan, halves } from "@/consumers/plan.ts";
import { backoffMs, defaultBackoff } from "@/consumers/retry.ts";
import { createSlots } from "@/consumers/slots.ts";
import { createBell } from "@/consumers/wake.ts";
import type { LogEntry } from "@/core/log/contract.ts";

const entriesOf = (sizes: readonly number[]): LogEntry[] =>
  sizes.map((bytes, index) => ({
    position: { partition: 0, versionstamp: "0".repeat(20), index },
    raw: null,
    bytes,
  }));

Deno.test("firstPlan() covers every entry once and keeps to bytes and groups", () => {
  const sized = fc.array(fc.tuple(fc.nat(50), fc.nat(6)), { minLength: 1, maxLength: 60 });
  fc.assert(fc.property(sized, (all) => {
    const entries = entriesOf(all.map(([bytes]) => bytes));
    const limits = { bytes: 100, groups: 3 };
    const groupOf = (index: number) => String(all[index]?.[1]);
    const { tasks } = firstPlan(entries, {
      limits,
      measure: (entry) => ({ bytes: entry.bytes, group: groupOf(entry.position.index) }),
    });
    expect(tasks.flatMap(({ from, to }) => entries.slice(from, to))).toEqual(entries);
    for (const { from, to } of tasks) {
      const piece = entries.slice(from, to);
      expect(piece.length === 1 || piece.reduce((sum, { bytes }) => sum + bytes, 0) <= 100).toBe(
        true,
      );
      expect(new Set(piece.map(({ position }) => groupOf(position.index))).size)
        .toBeLessThanOrEqual(3);
    }
    expect(new Set(tasks.map(({ path }) => path)).size).toBe(tasks.length);
  }));
});

Deno.test("halves() leaves nothing out and ends at single entries with paths of their own", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 500 }), (count) => {
    const paths = new Set<string>();
    const singles: number[] = [];
    const tasks = [{ from: 0, to: count, stage: 0, path: "0" }];
    for (let task = tasks.pop(); task; task = tasks.pop()) {
      paths.add(task.path);
      if (task.to - task.from === 1) singles.push(task.from);
      else tasks.push(...halves(task));
    }
    expect(singles.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, n) => n));
    expect(paths.size).toBe(2 * count - 1);
  }));
});

Deno.test("backoffMs() grows, is never longer than its cap and never a hot loop", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (failures, draw) => {
        const wait = backoffMs(failures, () => draw);
        expect(wait).toBeGreaterThanOrEqual(20);
        expect(wait).toBeLessThanOrEqual(defaultBackoff.capMs);
      },
    ),
  );
  expect(backoffMs(1, () => 0.5)).toBe(100);
  expect(backoffMs(4, () => 0.5)).toBe(800);
});

Deno.test("the gate holds others back once they have used up their allowance", () => {
  const gate = createGate(2);
  gate.retrying(0);
  gate.delivered(1);
  expect(gate.mayBegin(1)).toBe(true);
  gate.delivered(2);
  expect([0, 1, 2].map(gate.mayBegin)).toEqual([true, false, false]);
  gate.settled(0);
  expect([0, 1, 2].map(gate.mayBegin)).toEqual([true, true, true]);
});

Deno.test("slots let no more work run at once than there are, and none is lost to a failure", async () => {
  const slots = createSlots(2);
  let running = 0;
  let most = 0;
  const work = (fails: boolean) => async () => {
    most = Math.max(most, ++running);
    await systemClock.sleep(1);
    running--;
    if (fails) throw new Error("failed");
  };
  const all = Array.from({ length: 10 }, (_, n) => slots.use(work(n % 3 === 0)));
  const settled = await Promise.allSettled(all);
  expect(most).toBe(2);
  expect(settled.filter(({ status }) => status === "rejected")).toHaveLength(4);
});

Deno.test("a bell that rang before anybody waited is heard once", async () => {
  const bell = createBell();
  const waker = bell.waker();
  const never = new AbortController().signal;
  bell.ring();
  bell.ring();
  expect(await waker.wait(60_000, never)).toBe("nudged");
  expect(await waker.wait(1, never)).toBe("elapsed");
});

Deno.test("nudges from another process arrive, and their absence does no harm", async () => {
  const directory = await Deno.makeTempDir();
  const path = nudgePath(directory);
  const heard = Promise.withResolvers<void>();
  {
    using early = createNudger(path);
    early.nudge();
    using listener = listenForNudges(path, heard.resolve);
    expect(listener.listening).toBe(true);
    expect(((await Deno.stat(path)).mode ?? 0) & 0o777).toBe(0o600);
    using nudger = createNudger(path);
    for (let n = 0; n < 100; n++) nudger.nudge();
    await heard.promise;
  }
  await Deno.remove(directory, { recursive: true });
});

Deno.test("a listener takes over a socket that a killed process left behind", async () => {
  const directory = await Deno.makeTempDir();
  const path = nudgePath(directory);
  await Deno.writeTextFile(path, "");
  {
    using listener = listenForNudges(path, () => {});
    expect(listener.listening).toBe(true);
  }
  {
    using tooLong = listenForNudges(`${directory}/${"x".repeat(200)}`, () => {});
    expect(tooLong.listening).toBe(false);
  }
  await Deno.remove(directory, { recursive: true });
});

Deno.test("commits wait for a locked store and pass every other failure on", async () => {
  using kv = await Deno.openKv(":memory:");
  let locked = 3;
  const store = patientKv(
    {
      get: kv.get.bind(kv),
      getMany: kv.getMany.bind(kv),
      list: kv.list.bind(kv),
      delete: kv.delete.bind(kv),
      set: () => Promise.reject(new Error("disk is full")),
      commitVersionstamp: kv.commitVersionstamp.bind(kv),
      close: () => {},
      atomic() {
        const operation = kv.atomic();
        const commit = operation.commit.bind(operation);
        operation.commit = () =>
          locked-- > 0 ? Promise.reject(new TypeError("database is locked")) : commit();
        return operation;
      },
    },
    { ...systemClock, sleep: () => Promise.resolve() },
    () => 0,
  );
  expect((await store.atomic().set(["a"], 1).commit()).ok).toBe(true);
  expect((await kv.get(["a"])).value).toBe(1);
  await expect(store.set(["b"], 1)).rejects.toThrow("disk is full");
});
