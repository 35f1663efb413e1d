import { expect } from "expect";
import {
  createEntries,
  type EntriesDeps,
  PartitionLoading,
} from "@/core/cache/semantic/entries.ts";
import { createMatcher } from "@/core/cache/semantic/matcher/matcher.ts";
import { wordIndex } from "@/core/cache/semantic/search/word_index.ts";
import { readQuestion } from "@/core/cache/semantic/text/question.ts";

const matcher = createMatcher();
const later = Number.MAX_SAFE_INTEGER;
const entry = (turn: string) => ({ turn, answerRef: turn, expiresAt: later, vector: null });

async function withStore(
  use: (
    make: (over?: Partial<EntriesDeps>) => ReturnType<typeof createEntries>,
    kv: Deno.Kv,
  ) => Promise<void>,
) {
  using kv = await Deno.openKv(":memory:");
  let clock = 1_700_000_000_000;
  const make = (over: Partial<EntriesDeps> = {}) =>
    createEntries({
      kv,
      now: () => clock++,
      random: Math.random,
      createIndex: () => wordIndex(matcher),
      read: ({ turn, vector }) => ({ text: turn, question: readQuestion(turn), vector }),
      ...over,
    });
  await use(make, kv);
}

Deno.test("a full partition drops its oldest entries, in memory and in the store", () =>
  withStore(async (make, kv) => {
    const entries = make({ capacity: 3 });
    for (const word of ["one", "two", "three", "four", "five"]) {
      await entries.put("p", "x", entry(word));
    }
    expect((await entries.open("p", "x")).index.size).toBe(3);
    const stored = await Array.fromAsync(
      kv.list<{ turn: string }>({ prefix: ["cache", "semantic", "p"] }),
    );
    expect(stored.map(({ value }) => value.turn)).toEqual(["three", "four", "five"]);
  }));

Deno.test("storing before the first reading hides nothing that is older", () =>
  withStore(async (make) => {
    const before = make();
    await before.put("p", "x", entry("How do I reset my password?"));
    // A clock that has moved on far beyond any skew.
    const after = make({ now: () => 1_800_000_000_000 });
    await after.put("p", "x", entry("Where is the station?"));
    expect((await after.open("p", "x")).index.size).toBe(2);
  }));

Deno.test("more partitions than memory keeps are read again when they are asked for", () =>
  withStore(async (make) => {
    const entries = make();
    for (let n = 0; n < 70; n++) {
      await entries.put("p", `x${n}`, entry("How do I reset my password?"));
    }
    expect((await entries.open("p", "x0")).index.size).toBe(1);
  }));

Deno.test("a lookup does not wait for a store that takes its time to fill memory", () =>
  withStore(async (make, kv) => {
    const gate = Promise.withResolvers<void>();
    const slow = new Proxy(kv, {
      get(target, name) {
        if (name !== "list") return Reflect.get(target, name);
        return async function* list() {
          await gate.promise;
          yield* [];
        };
      },
    });
    const entries = make({ kv: slow });
    await expect(entries.open("p", "x")).rejects.toBeInstanceOf(PartitionLoading);
    gate.resolve();
    expect((await entries.open("p", "x")).index.size).toBe(0);
  }));

Deno.test("what is damaged in the store is passed over", () =>
  withStore(async (make, kv) => {
    await kv.set(["cache", "semantic", "p", "x", "0"], { turn: 5 });
    const entries = make();
    expect((await entries.open("p", "x")).index.size).toBe(0);
    expect(await entries.get("p", "x", "0")).toBeNull();
  }));
