import { expect } from "expect";
import fc from "fast-check";
import { Absence } from "@/core/ingest/absence.ts";
import { contentHash, createSeen, markOf } from "@/core/ingest/seen.ts";
import { eventually } from "../fixtures/eventually.ts";

const key = (id: number) => markOf("p", "event", `${id}`).key;

Deno.test("what was added is never said to be absent, what was not nearly always", () => {
  const absence = new Absence(1_000);
  for (let id = 0; id < 50_000; id++) absence.add(key(id), 0);
  let doubtful = 0;
  for (let id = 0; id < 50_000; id++) {
    expect(absence.isAbsent(key(id))).toBe(false);
    if (!absence.isAbsent(key(1_000_000 + id))) doubtful++;
  }
  expect(doubtful).toBeLessThan(500);
});

Deno.test("an index that asks the store seldom answers as one that always asks", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 40 })), { maxLength: 60 }),
      fc.integer({ min: 0, max: 60 }),
      async (steps, restartAt) => {
        const kv = await Deno.openKv(":memory:");
        const always = createSeen({ kv, now: () => 0 });
        let seldom = createSeen({ kv, now: () => 0, alone: true });
        for (const [i, [write, id]] of steps.entries()) {
          if (i === restartAt) {
            await seldom.close();
            seldom = createSeen({ kv, now: () => 0, alone: true });
          }
          const mark = markOf("p", "event", `${id}`);
          if (write) {
            const { key, value } = seldom.companion(mark, contentHash(`${id}`));
            await kv.set(key, value);
          }
          expect(await seldom.find([mark])).toEqual(await always.find([mark]));
        }
        await seldom.close();
        kv.close();
      },
    ),
    { numRuns: 30 },
  ));

Deno.test("once the ids of before are known, new ones are told without reading", async () => {
  const kv = await Deno.openKv(":memory:");
  const mark = markOf("p", "event", "old");
  await kv.set(["seen", mark.key], contentHash("old"));
  let reads = 0;
  const counting = {
    list: kv.list.bind(kv),
    getMany: ((...args: Parameters<typeof kv.getMany>) => {
      reads++;
      return kv.getMany(...args);
    }) as typeof kv.getMany,
  };
  const seen = createSeen({ kv: counting, now: () => 0, alone: true });
  await eventually(async () => {
    reads = 0;
    expect(await seen.find([markOf("p", "event", crypto.randomUUID())])).toEqual([null]);
    expect(reads).toBe(0);
  });
  expect(await seen.find([mark])).toEqual([contentHash("old")]);
  await seen.close();
  kv.close();
});
