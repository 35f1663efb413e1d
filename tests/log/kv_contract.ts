/**
 * What the log relies on a key-value store for. Run it over any store that is to carry the log.
 *
 * @module
 */
import { expect } from "expect";
import { kvLimits } from "@/core/log/kv.ts";
import { type Store, withStore } from "./stores.ts";

export function kvContract(name: string, open: () => Promise<Store>): void {
  const rule = (sentence: string, body: Parameters<typeof withStore>[1]) =>
    Deno.test(`kv (${name}): ${sentence}`, () => withStore(open, body));

  rule("a check on absence lets one of two creators through", async ({ write }) => {
    const create = (value: string) =>
      write.atomic().check({ key: ["k"], versionstamp: null }).set(["k"], value).commit();
    const results = await Promise.all([create("a"), create("b")]);
    expect(results.map(({ ok }) => ok).sort()).toEqual([false, true]);
  });

  rule("an operation whose check fails changes nothing", async ({ write, read }) => {
    await write.set(["a"], 1);
    const result = await write.atomic().check({ key: ["a"], versionstamp: null })
      .set(["b"], 2).delete(["a"]).commit();
    expect(result.ok).toBe(false);
    expect((await read.get(["a"])).value).toBe(1);
    expect((await read.get(["b"])).value).toBeNull();
  });

  rule("versionstamped keys stand in commit order and bear their commit's stamp", async (kv) => {
    const stamps: string[] = [];
    for (let i = 0; i < 50; i++) {
      const result = await kv.write.atomic().set(["log", 0, kv.write.commitVersionstamp()], i)
        .commit();
      stamps.push(result.ok ? result.versionstamp : "");
    }
    const entries = await Array.fromAsync(kv.read.list<number>({ prefix: ["log", 0] }));
    expect(entries.map(({ value }) => value)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(entries.map(({ key }) => key[2])).toEqual(stamps);
    expect(entries.map(({ versionstamp }) => versionstamp)).toEqual(stamps);
  });

  rule("concurrent commits get different, ascending stamps", async ({ write, read }) => {
    const commit = (i: number) =>
      write.atomic().set(["log", 0, write.commitVersionstamp()], i).commit();
    await Promise.all(Array.from({ length: 100 }, (_, i) => commit(i)));
    const entries = await Array.fromAsync(read.list({ prefix: ["log", 0] }));
    const stamps = entries.map(({ versionstamp }) => versionstamp);
    expect(new Set(stamps).size).toBe(100);
    expect(stamps).toEqual(stamps.toSorted());
  });

  rule("all keys of one commit bear one stamp", async ({ write, read }) => {
    await write.atomic()
      .set(["log", 0, write.commitVersionstamp()], 0)
      .set(["log", 1, write.commitVersionstamp()], 1)
      .set(["other"], 2)
      .commit();
    const first = await Array.fromAsync(read.list({ prefix: ["log"] }));
    const other = await read.get(["other"]);
    expect(first.map(({ versionstamp }) => versionstamp))
      .toEqual([other.versionstamp, other.versionstamp]);
  });

  // The reason why one commit takes one record of a partition: were this rule to change, the log
  // could do more; as it stands, a second record would make the first one vanish.
  rule("two versionstamped keys under one prefix in one commit leave only one", async (kv) => {
    await kv.write.atomic()
      .set(["log", 0, kv.write.commitVersionstamp()], "first")
      .set(["log", 0, kv.write.commitVersionstamp()], "second")
      .commit();
    const entries = await Array.fromAsync(kv.read.list({ prefix: ["log", 0] }));
    expect(entries.map(({ value }) => value)).toEqual(["second"]);
  });

  rule("bytes come back as they were, up to the value limit", async ({ write, read }) => {
    const bytes = crypto.getRandomValues(new Uint8Array(kvLimits.valueBytes));
    await write.set(["bytes"], bytes);
    expect((await read.get(["bytes"])).value).toEqual(bytes);
    await expect(write.set(["bytes"], new Uint8Array(kvLimits.valueBytes + 1))).rejects.toThrow();
  });

  rule("an operation of 700 KiB is stored whole, one over the limit is refused", async (kv) => {
    const chunk = crypto.getRandomValues(new Uint8Array(60_000));
    const filled = (count: number, prefix: string) => {
      const operation = kv.write.atomic();
      for (let i = 0; i < count; i++) operation.set([prefix, i], chunk);
      return operation.commit();
    };
    expect((await filled(11, "fits")).ok).toBe(true);
    expect(await Array.fromAsync(kv.read.list({ prefix: ["fits"] }))).toHaveLength(11);
    await expect(filled(14, "large")).rejects.toThrow();
    expect(await Array.fromAsync(kv.read.list({ prefix: ["large"] }))).toEqual([]);
  });

  rule("a range starts at its start and ends before its end", async ({ write, read }) => {
    for (const part of ["a", "b", "c", "d"]) await write.set(["r", part], part);
    const values = async (selector: Deno.KvListSelector, options?: Deno.KvListOptions) =>
      (await Array.fromAsync(read.list<string>(selector, options))).map(({ value }) => value);
    expect(await values({ prefix: ["r"], start: ["r", "b"] })).toEqual(["b", "c", "d"]);
    expect(await values({ prefix: ["r"], start: ["r", "b\0"] })).toEqual(["c", "d"]);
    expect(await values({ prefix: ["r"], end: ["r", "c\0"] })).toEqual(["a", "b", "c"]);
    expect(await values({ start: ["r", "a\0"], end: ["r", "c\0"] })).toEqual(["b", "c"]);
    expect(await values({ prefix: ["r"] }, { limit: 3, batchSize: 2 })).toEqual(["a", "b", "c"]);
  });

  rule("ten keys are read at once, missing ones as null", async ({ write, read }) => {
    await write.set(["m", 3], "here");
    const entries = await read.getMany(Array.from({ length: 10 }, (_, i) => ["m", i]));
    expect(entries.map(({ value }) => value)).toEqual(
      Array.from({ length: 10 }, (_, i) => i === 3 ? "here" : null),
    );
  });

  rule("one operation sets, deletes and checks with a life span", async ({ write, read }) => {
    await write.set(["old"], 1);
    const result = await write.atomic().check({ key: ["new"], versionstamp: null })
      .set(["new"], 1, { expireIn: 60_000 }).delete(["old"]).commit();
    expect(result.ok).toBe(true);
    expect((await read.get(["old"])).value).toBeNull();
    expect((await read.get(["new"])).value).toBe(1);
  });
}
