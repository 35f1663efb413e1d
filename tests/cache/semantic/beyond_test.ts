/** What memory has no room for, in a real ClickHouse. */
import { expect } from "expect";
import {
  type BeyondStore,
  clickhouseIndex,
} from "@/core/cache/semantic/beyond/clickhouse_index.ts";
import { type BeyondIndex, BeyondUnavailable } from "@/core/cache/semantic/beyond/port.ts";
import { sketchOf } from "@/core/cache/semantic/beyond/sketch.ts";
import { wordVector } from "@/core/cache/semantic/beyond/word_vector.ts";
import { dot, normalised } from "@/core/cache/semantic/embed/embedder.ts";
import {
  createEntries,
  type EntriesDeps,
  PartitionLoading,
} from "@/core/cache/semantic/entries.ts";
import { createMatcher } from "@/core/cache/semantic/matcher/matcher.ts";
import type { Probe } from "@/core/cache/semantic/search/index.ts";
import { eraseStored } from "@/core/cache/semantic/stored_entry.ts";
import { vectorIndex } from "@/core/cache/semantic/search/vector_index.ts";
import { readQuestion } from "@/core/cache/semantic/text/question.ts";
import { createStore } from "@/clickhouse/client.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { seededRandom } from "@/tools/seeded_random.ts";
import { request, withCache } from "./setting.ts";

const clickhouse = useClickHouse();

/** Words of letters, so that no guard has anything to say about them. */
const wordOf = (n: number) =>
  [...n.toString(26)].map((digit) => "bcdfghjklmnpqrstvwxyzaeiou"[parseInt(digit, 26)]).join("a");
const questionOf = (n: number) => `how do i mend the ${wordOf(n)} of a ${wordOf(n + 7_000_000)}`;

/** Texts have directions of their own; one with `please` lies close to the one without. */
function vectorOf(text: string): Float32Array {
  const plain = text.replace(" please", "");
  const seed = [...plain].reduce(
    (hash, sign) => Math.imul(hash ^ sign.charCodeAt(0), 16_777_619),
    7,
  );
  const random = seededRandom(seed >>> 0);
  const vector = Float32Array.from({ length: 96 }, () => random() + random() + random() - 1.5);
  if (plain !== text) { for (let at = 0; at < 96; at += 4) vector[at] = (vector[at] ?? 0) + 0.3; }
  return normalised(vector);
}

/** Work that goes on in the background, to be waited for. */
function tracker() {
  const working: Promise<unknown>[] = [];
  return {
    track: (work: Promise<unknown>) => void working.push(work),
    async idle() {
      while (working.length > 0) await working.pop();
    },
  };
}

/** Milliseconds since 1970, as everything here sees it; the future, so that ClickHouse drops nothing. */
let clock = 3_000_000_000_000;

interface Shelf {
  readonly entries: ReturnType<typeof createEntries>;
  readonly index: BeyondIndex;
  readonly kv: Deno.Kv;
  /** Another process on the same stores. */
  second(over?: Partial<EntriesDeps>): ReturnType<typeof createEntries>;
  idle(): Promise<void>;
}

async function withShelf(
  use: (shelf: Shelf) => Promise<void>,
  over: Partial<EntriesDeps> & { readonly beyondCapacity?: number } = {},
): Promise<void> {
  await using db = await clickhouse.database();
  using kv = await Deno.openKv(":memory:");
  const { track, idle } = tracker();
  const index = clickhouseIndex({ store: db.store, now: () => clock, deadlineMs: 120_000 });
  const { beyondCapacity, ...deps } = over;
  const beyond = {
    index,
    vectorOf: ({ vector }: Probe) => vector ?? new Float32Array(),
    ...(beyondCapacity !== undefined && { capacity: beyondCapacity }),
  };
  let serial = 0;
  const second = (more: Partial<EntriesDeps> = {}) =>
    createEntries({
      kv,
      now: () => clock,
      // Ids of one millisecond differ, and keep their order.
      random: () => serial++ / 2 ** 30,
      createIndex: vectorIndex,
      read: ({ turn, vector }) => ({ text: turn, question: readQuestion(""), vector }),
      track,
      beyond,
      ...deps,
      ...more,
    });
  await use({ entries: second(), index, kv, second, idle });
}

const probeOf = (text: string) => ({ text, question: readQuestion(""), vector: vectorOf(text) });
const entryOf = (turn: string) => ({
  turn,
  answerRef: turn,
  expiresAt: clock + 3_600_000,
  vector: vectorOf(turn),
});

/** Repeats what is refused while memory is being filled. */
async function ready<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < 600; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof PartitionLoading)) throw error;
    }
  }
  throw new Error("The partition was not read");
}

Deno.test("of 30,000 questions in a partition all are found, and for no other project any", () =>
  withShelf(async ({ entries, index, kv, idle }) => {
    for (let from = 0; from < 30_000; from += 300) {
      const writing = kv.atomic();
      for (let n = from; n < from + 300; n++) {
        const id = `${String(clock - 60_000 + n).padStart(14, "0")}00000000`;
        writing.set(["cache", "semantic", "p1", "x", id], entryOf(questionOf(n)));
      }
      await writing.commit();
    }
    await ready(() => entries.open("p1", "x"));
    // What the index did not have is brought from KV.
    await idle();
    expect(await index.count({ projectId: "p1", partition: "x" })).toBe(20_000);
    const held = await entries.open("p1", "x");
    expect([held.index.size, held.beyond]).toEqual([10_000, 20_000]);
    for (let n = 0; n < 30_000; n += 1_501) {
      const asked = probeOf(`${questionOf(n)} please`);
      const [inMemory] = held.index.search(asked, 1);
      const [beyond] = await entries.searchBeyond("p1", "x", asked, 1);
      const found = n < 20_000 ? beyond : inMemory;
      expect([n, found?.probe.text]).toEqual([n, questionOf(n)]);
      expect(await index.search({ projectId: "p2", partition: "x" }, asked.vector, 5)).toEqual([]);
      expect(await index.search({ projectId: "p1", partition: "y" }, asked.vector, 5)).toEqual([]);
    }
  }));

Deno.test("the oldest leave memory for ClickHouse, and those over both bounds for good", () =>
  withShelf(async ({ entries, index, kv, idle }) => {
    const scope = { projectId: "p1", partition: "x" };
    for (let n = 0; n < 1_300; n++) {
      clock++;
      await entries.put("p1", "x", entryOf(questionOf(n)));
    }
    await idle();
    const held = await entries.open("p1", "x");
    await idle();
    const inIndex = await index.count(scope);
    expect(held.index.size + inIndex).toBe((await stored(kv)).length);
    expect(held.index.size).toBeLessThan(300 + 256);
    expect(inIndex).toBe(500);
    const first = 1_300 - held.index.size - inIndex;
    const [oldest] = await entries.searchBeyond("p1", "x", probeOf(questionOf(first)), 1);
    expect(oldest?.probe.text).toBe(questionOf(first));
    const [gone] = await entries.searchBeyond("p1", "x", probeOf(questionOf(first - 1)), 1);
    expect(gone?.probe.text).not.toBe(questionOf(first - 1));
  }, { capacity: 300, beyondCapacity: 500 }));

Deno.test("what is removed is found no longer, and leaves ClickHouse as well", () =>
  withShelf(async ({ entries, index, kv, second, idle }) => {
    const scope = { projectId: "p1", partition: "x" };
    for (let n = 0; n < 600; n++) {
      clock++;
      // One of them goes to ClickHouse, the other stays in memory.
      const user = n === 5 || n === 599 ? "ann" : null;
      await entries.put("p1", "x", { ...entryOf(questionOf(n)), user });
      if (n < 20) await entries.put("p2", "x", entryOf(questionOf(n)));
    }
    await idle();
    expect(await index.count(scope)).toBeGreaterThanOrEqual(256);
    const asked = probeOf(questionOf(3));
    const [found] = await entries.searchBeyond("p1", "x", asked, 1);
    expect(found?.probe.text).toBe(questionOf(3));
    const other = second();
    await ready(() => other.open("p1", "x"));
    await idle();
    const before = await index.count(scope);
    await entries.remove("p1", "x", found?.id ?? "");
    // In another process at once too: KV says what there is.
    const after = await other.searchBeyond("p1", "x", asked, 1);
    expect(after[0]?.probe.text).not.toBe(questionOf(3));
    await idle();
    expect(await index.count(scope)).toBe(before - 1);
    const erased = await eraseStored({ kv, beyond: index }, "p1", ({ user }) => user === "ann");
    expect(erased.length).toBe(2);
    expect(await index.count(scope)).toBe(before - 2);
    expect(await entries.clear("p1")).toBe(597);
    await idle();
    expect(await index.count(scope)).toBe(0);
    expect((await entries.open("p1", "x")).index.size).toBe(0);
    expect((await entries.open("p2", "x")).index.size).toBe(20);
  }, { capacity: 100 }));

Deno.test("while ClickHouse is away nothing is lost but what is over all bounds, and nothing waits", () =>
  withShelf(async ({ second, idle }) => {
    let asked = 0;
    const away: BeyondStore = {
      query: () => (asked++, Promise.reject(new Error("away"))),
      insert: () => (asked++, Promise.reject(new Error("away"))),
      command: () => Promise.reject(new Error("away")),
    };
    const index = clickhouseIndex({ store: away, now: () => clock });
    const entries = second({
      beyond: { index, vectorOf: ({ vector }) => vector ?? new Float32Array() },
    });
    for (let n = 0; n < 700; n++) {
      clock++;
      await entries.put("p1", "x", entryOf(questionOf(n)));
    }
    await idle();
    // It is left alone after a failure, not asked again for every entry.
    expect(asked).toBe(1);
    expect((await entries.open("p1", "x")).index.size).toBe(700);
    await idle();
    const before = asked;
    for (let n = 0; n < 10; n++) {
      await expect(index.search({ projectId: "p1", partition: "x" }, vectorOf("x"), 1))
        .rejects.toBeInstanceOf(BeyondUnavailable);
    }
    expect(asked).toBe(before + 3);
    clock += 10_000;
    await expect(index.search({ projectId: "p1", partition: "x" }, vectorOf("x"), 1))
      .rejects.toThrow("did not answer in time");
    expect(asked).toBe(before + 4);
  }, { capacity: 100 }));

Deno.test("a ClickHouse that hangs is a miss with its reason, not a call that waits", async () => {
  // Takes connections and says nothing.
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = acceptAll(listener);
  const store = createStore({
    url: `http://127.0.0.1:${listener.addr.port}`,
    user: "u",
    password: "",
    database: "d",
  });
  const { track, idle } = tracker();
  const beyond = clickhouseIndex({ store, now: Date.now, deadlineMs: 20, patienceMs: 20 });
  await withCache(async (setting) => {
    const { explain } = await setting.cache.lookup(request("x"));
    const partition = explain.partition ?? "";
    const writing = setting.kv.atomic();
    for (let n = 0; n < 10; n++) {
      const value = { turn: "?", answerRef: "a", expiresAt: setting.clock + 1e9, vector: null };
      writing.set(["cache", "semantic", "p1", partition, String(n)], value);
    }
    await writing.commit();
    const second = setting.second({ capacity: 5 });
    await ready(async () => {
      const found = await second.lookup(request("How do I reset my password?"));
      if (found.kind === "bypass") throw new PartitionLoading(found.why);
      expect(found.kind).toBe("call");
      expect(found.explain.reason).toContain(
        "Older questions were not searched: ClickHouse did not answer in time.",
      );
    });
  }, { beyond, track });
  await idle();
  await store.close();
  listener.close();
  for (const connection of await connections) connection.close();
});

Deno.test("the built-in matcher finds beyond memory as well", async () => {
  await using db = await clickhouse.database();
  const { track, idle } = tracker();
  const beyond = clickhouseIndex({ store: db.store, now: () => clock, deadlineMs: 120_000 });
  await withCache(async (setting) => {
    setting.clock = clock;
    await setting.ask(request("How do I reset my password?"), "one");
    for (let n = 0; n < 300; n++) await setting.ask(request(questionOf(n)), "two");
    await idle();
    const lookup = await setting.cache.lookup(request("How can I reset my password?"));
    const [nearest] = lookup.explain.candidates;
    expect(nearest?.similarity).toBeGreaterThan(0.8);
    expect(lookup.kind === "call" && lookup.ticket.wouldHit?.turn)
      .toBe("How do I reset my password?");
    expect(lookup.explain.entries).toBe(301);
    // Asked again in the same words, it is kept once.
    const count = async () =>
      (await Array.fromAsync(setting.kv.list({ prefix: ["cache", "semantic"] }))).length;
    const before = await count();
    await setting.ask(request("How do I reset my password?"), "one");
    await idle();
    expect(await count()).toBe(before);
  }, { beyond, track, capacity: 20 });
});

Deno.test("sketches keep close what is close; words in common make vectors alike", () => {
  const bits = (a: Float32Array, b: Float32Array) => {
    const [x, y] = [sketchOf(a), sketchOf(b)];
    return x.reduce(
      (sum, word, at) =>
        sum + (BigInt(word) ^ BigInt(y[at] ?? 0)).toString(2).replaceAll("0", "").length,
      0,
    );
  };
  for (let n = 0; n < 50; n++) {
    const [near, asked, far] = [questionOf(n), `${questionOf(n)} please`, questionOf(n + 1)]
      .map(vectorOf);
    if (!near || !asked || !far) throw new Error("No vectors");
    const angle = Math.acos(dot(near, asked)) / Math.PI;
    expect(Math.abs(bits(near, asked) / 256 - angle)).toBeLessThan(0.15);
    expect(bits(near, asked)).toBeLessThan(bits(far, asked));
  }
  const { weigh } = createMatcher();
  const words = (text: string) => wordVector(readQuestion(text), weigh);
  const asked = words("How do I reset my password?");
  expect(dot(asked, words("How can I reset my password?"))).toBeCloseTo(1, 5);
  expect(dot(asked, words("Where is the station?"))).toBeLessThan(0.3);
  expect(Math.hypot(...words("?"))).toBe(0);
});

async function acceptAll(listener: Deno.TcpListener): Promise<Deno.TcpConn[]> {
  const taken: Deno.TcpConn[] = [];
  try {
    for await (const connection of listener) taken.push(connection);
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
  return taken;
}

async function stored(kv: Deno.Kv) {
  return await Array.fromAsync(kv.list({ prefix: ["cache", "semantic", "p1"] }));
}
