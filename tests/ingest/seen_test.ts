/** Which ids were used: in memory, in the store's list, in segments, after restarts and between processes. */
import { expect } from "expect";
import fc from "fast-check";
import { Absence } from "@/core/ingest/ids/absence.ts";
import { entryOf } from "@/core/ingest/ids/entry.ts";
import { RecentIds } from "@/core/ingest/ids/recent_ids.ts";
import {
  contentHash,
  createSeen,
  type Marked,
  markOf,
  type OpenSeen,
  rememberedMs,
} from "@/core/ingest/seen.ts";
import type { Companion } from "@/core/log/contract.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { eventually } from "../fixtures/eventually.ts";
import { draft } from "../log/events.ts";

const marked = (id: number | string, content: number | string = id): Marked => ({
  mark: markOf("p", "event", `${id}`),
  content: contentHash(`${content}`),
});

const bytesOf = (id: number) => Uint8Array.fromHex(marked(id).mark);

/** Stores ids as the log does: each with a commit of its own. */
async function stored(kv: Deno.Kv, seen: OpenSeen, one: Marked): Promise<Companion> {
  const companion = seen.companion(one);
  await kv.atomic().set([...companion.key, kv.commitVersionstamp()], companion.value).commit();
  return companion;
}

Deno.test("what was added is never said to be absent, what was not nearly always", () => {
  const absence = Absence.of(50_000);
  for (let id = 0; id < 50_000; id++) {
    const { mark, content } = marked(id);
    absence.add(entryOf(mark, content, 0), 0);
  }
  let doubtful = 0;
  for (let id = 0; id < 50_000; id++) {
    expect(absence.isAbsent(bytesOf(id))).toBe(false);
    if (!absence.isAbsent(bytesOf(1_000_000 + id))) doubtful++;
  }
  expect(doubtful).toBeLessThan(1_000);
});

Deno.test("a table finds every id with its latest content, and no other", () => {
  const recent = new RecentIds();
  for (let round = 0; round < 2; round++) {
    for (let id = 0; id < 20_000; id++) {
      const { mark, content } = marked(id, `${round}:${id}`);
      recent.addAll(entryOf(mark, content, round));
    }
  }
  expect(recent.count).toBe(20_000);
  for (let id = 0; id < 20_000; id += 7) {
    const found = recent.find(bytesOf(id));
    expect(found).toMatchObject({ at: 1 });
    expect(found?.content ?? null).toBe(contentHash(`1:${id}`));
    expect(recent.find(bytesOf(50_000 + id))).toBeNull();
  }
  const { mark, content } = marked(3, "late");
  recent.addAll(entryOf(mark, content, 0));
  expect(recent.find(bytesOf(3))?.content ?? null).toBe(contentHash("1:3"));
});

type Step =
  | { readonly do: "use"; readonly by: number; readonly id: number }
  | { readonly do: "wait"; readonly hours: number }
  | { readonly do: "restart"; readonly by: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      do: fc.constant("use" as const),
      by: fc.nat(1),
      id: fc.nat(60),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      hours: fc.integer({ min: 1, max: 30 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("restart" as const), by: fc.nat(1) }) },
);

for (const processes of [1, 2]) {
  Deno.test(`${processes} process(es), segments and restarts: as a list of all ids would answer`, () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 150 }), async (steps) => {
        const kv = await Deno.openKv(":memory:");
        let now = Date.UTC(2026, 2, 4);
        const open = () =>
          createSeen({ kv, now: () => now, alone: processes === 1, mostRecent: 8 });
        const all = Array.from({ length: processes }, open);
        /** When each id was last used, and for what. */
        const used = new Map<number, { at: number; content: string }>();
        for (const [i, one] of steps.entries()) {
          const by = "by" in one ? one.by % processes : 0;
          // One process for each place.
          const seen = all[by] as OpenSeen;
          if (one.do === "wait") now += one.hours * 3_600_000;
          else if (one.do === "restart") {
            await seen.close();
            all[by] = open();
          } else {
            const before = used.get(one.id);
            const expected = before && now - before.at <= rememberedMs ? before.content : null;
            const asked = marked(one.id, i);
            const [found = null] = await seen.find([asked.mark]);
            expect(found).toBe(expected);
            if (found) continue;
            seen.remember(await stored(kv, seen, asked));
            used.set(one.id, { at: now, content: asked.content ?? "" });
          }
        }
        await Promise.all(all.map((seen) => seen.close()));
        kv.close();
      }),
      { numRuns: 40 },
    ));
}

Deno.test("what is in memory or ruled out by a filter is told without reading", async () => {
  const kv = await Deno.openKv(":memory:");
  const writing = createSeen({ kv, now: () => 0, alone: true, mostRecent: 50 });
  await writing.find([marked("first").mark]);
  for (let id = 0; id < 120; id++) {
    writing.remember(await stored(kv, writing, marked(id)));
  }
  await eventually(async () => {
    const segments = await Array.fromAsync(kv.list({ prefix: ["ids_segment"] }));
    expect(segments.length).toBeGreaterThan(0);
  });
  await writing.close();
  let reads = 0;
  const counting = {
    get: kv.get.bind(kv),
    list: kv.list.bind(kv),
    atomic: kv.atomic.bind(kv),
    getMany: ((...args: Parameters<typeof kv.getMany>) => {
      reads++;
      return kv.getMany(...args);
    }) as typeof kv.getMany,
  };
  const seen = createSeen({ kv: counting, now: () => 0, alone: true, mostRecent: 1_000 });
  const all = Array.from({ length: 120 }, (_, id) => marked(id));
  const found = await seen.find(all.map(({ mark }) => mark));
  expect(found).toEqual(all.map(({ content }) => content));
  reads = 0;
  await seen.find(Array.from({ length: 1_000 }, (_, id) => marked(`new ${id}`).mark));
  // One in a hundred is doubtful, ten of them are one reading.
  expect(reads).toBeLessThan(20);
  await seen.close();
  kv.close();
});

Deno.test("an id whose commit failed for all one knows, and landed, is found", async () => {
  const kv = await Deno.openKv(":memory:");
  const seen = createSeen({ kv, now: () => 0, alone: true });
  await seen.find([marked("other").mark]);
  const lost = marked("lost");
  await stored(kv, seen, lost);
  const later = marked("later");
  seen.remember(await stored(kv, seen, later));
  expect(await seen.find([lost.mark])).toEqual([null]);
  seen.doubt();
  expect(await seen.find([lost.mark, later.mark]))
    .toEqual([lost.content, later.content]);
  // It may land later still.
  const late = marked("late");
  await stored(kv, seen, late);
  expect(await seen.find([late.mark])).toEqual([late.content]);
  await seen.close();
  kv.close();
});

Deno.test("a store that cannot be read fails the look-up, and the next one begins anew", async () => {
  const kv = await Deno.openKv(":memory:");
  let broken = true;
  const failing = {
    get:
      ((...args: Parameters<typeof kv.get>) =>
        broken ? Promise.reject(new Error("down")) : kv.get(...args)) as typeof kv.get,
    list: kv.list.bind(kv),
    atomic: kv.atomic.bind(kv),
    getMany: kv.getMany.bind(kv),
  };
  const seen = createSeen({ kv: failing, now: () => 0, alone: true });
  await stored(kv, seen, marked(1));
  await expect(seen.find([marked(1).mark])).rejects.toThrow("down");
  broken = false;
  expect(await seen.find([marked(1).mark])).toEqual([marked(1).content]);
  await seen.close();
  kv.close();
});

Deno.test("a look-up that is cut short by the end says nothing about ids", async () => {
  const kv = await Deno.openKv(":memory:");
  const before = createSeen({ kv, now: () => 0, alone: true });
  await stored(kv, before, marked(1));
  await before.close();
  const seen = createSeen({ kv, now: () => 0, alone: true });
  const asked = seen.find([marked(1).mark]);
  const closed = seen.close();
  await expect(asked).rejects.toThrow("closed");
  await closed;
  kv.close();
});

Deno.test("the log stores the ids of a commit as one value, whatever project they are of", async () => {
  const kv = await Deno.openKv(":memory:");
  const log = createLogWriter({ kv, ...await openLog({ write: kv, read: kv }) });
  const seen = createSeen({ kv, now: () => 0, alone: true });
  const all = Array.from({ length: 3_000 }, (_, id) => marked(id));
  await Promise.all(
    all.map((one, id) =>
      log.append(draft(`${id}`, `p${id % 9}`), undefined, [seen.companion(one)])
    ),
  );
  const lists = await Array.fromAsync(kv.list<Uint8Array>({ prefix: ["ids"] }));
  expect(lists.length).toBeLessThan(all.length / 50);
  for (const { value } of lists) expect(value.length).toBeLessThanOrEqual(60 * 1024);
  const again = createSeen({ kv, now: () => 0, alone: true });
  const found = await again.find(all.map(({ mark }) => mark));
  expect(found).toEqual(all.map(({ content }) => content));
  await Promise.all([log.close(), seen.close(), again.close()]);
  kv.close();
});
