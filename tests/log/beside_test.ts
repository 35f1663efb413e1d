import { expect } from "expect";
import fc from "fast-check";
import type { Companion, LogReader, LogWriter } from "@/core/log/contract.ts";
import type { KvPort } from "@/core/log/kv.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { type Fate, faultyKv } from "../fixtures/faulty_kv.ts";
import { bytesPayload, draft, everything, idOf, noise } from "./events.ts";
import { inMemory } from "./stores.ts";

const value = new Uint8Array([1, 2, 3]);
const mark = (id: string): Companion => ({ key: ["beside", id], value, expireIn: 86_400_000 });

/** Appends at once into a log whose commits fail in every way, and reads it when all has settled. */
function underFailures(
  count: number,
  append: (writer: LogWriter, i: number) => Promise<unknown>,
  expectations: (kv: KvPort, reader: LogReader) => Promise<void>,
): Promise<void> {
  const fates = fc.array(fc.constantFrom<Fate>("well", "lost", "unacknowledged", "late"), {
    minLength: 5,
    maxLength: 40,
  });
  const property = fc.asyncProperty(fates, (series) =>
    inMemory(async ({ write, read }) => {
      const log = await openLog({ write, read });
      let next = 0;
      const kv = faultyKv(write, () => series[next++] ?? "well");
      // Few attempts, so that some events are given up.
      const writer = createLogWriter({ kv, ...log, retry: { attempts: 2, baseMs: 0, maxMs: 0 } });
      await Promise.allSettled(
        Array.from({ length: count }, async (_, i) => {
          if (i % 3 > 0) await new Promise((resolve) => setTimeout(resolve, 0));
          await append(writer, i);
        }),
      );
      await kv.settle();
      await writer.close();
      await expectations(read, createLogReader({ kv: read, ...log }));
    }));
  return fc.assert(property, { numRuns: 30 });
}

Deno.test("what is beside an event is stored exactly when the event is, whatever fails", () =>
  underFailures(30, (writer, i) => {
    const payloads = i % 10 === 9 ? { request: bytesPayload(noise(700_000)) } : undefined;
    return writer.append(draft(`${i}`, `p${i % 5}`), payloads, [mark(`${i}`)]);
  }, async (kv, reader) => {
    const events = new Set((await everything(reader)).map(idOf));
    const marks = new Set<string>();
    for await (const { key } of kv.list({ prefix: ["beside"] })) marks.add(String(key[1]));
    expect([...marks].sort()).toEqual([...events].sort());
  }));

Deno.test("what is joined is in its list exactly when the event is stored, whatever fails", () =>
  underFailures(40, (writer, i) =>
    writer.append(draft(`${i}`, `p${i % 5}`), undefined, [
      { key: ["one"], value: new Uint8Array([i]), joined: true },
      { key: ["other"], value: new Uint8Array([i, i]), joined: true },
    ]), async (kv, reader) => {
    const events = (await everything(reader)).map((entry) => Number(idOf(entry)));
    const sorted = (numbers: number[]) => numbers.sort((a, b) => a - b);
    const listed = async (name: string) => {
      const values = await Array.fromAsync(kv.list<Uint8Array>({ prefix: [name] }));
      return sorted(values.flatMap(({ value }) => [...value]));
    };
    expect(await listed("one")).toEqual(sorted([...events]));
    expect(await listed("other")).toEqual(sorted([...events, ...events]));
  }));

Deno.test("what a commit joins stays inside a value's limit", () =>
  inMemory(async ({ write, read }) => {
    const log = await openLog({ write, read });
    const writer = createLogWriter({ kv: write, ...log });
    const large = new Uint8Array(5_000);
    await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        writer.append(draft(`${i}`, `p${i % 20}`), undefined, [
          { key: ["list"], value: large, joined: true },
        ])),
    );
    let bytes = 0;
    for await (const { value } of read.list<Uint8Array>({ prefix: ["list"] })) {
      expect(value.length).toBeLessThanOrEqual(60 * 1024);
      bytes += value.length;
    }
    expect(bytes).toBe(200 * large.length);
    await writer.close();
  }));

Deno.test("thousands of small events with something beside them stay inside the store's limits", () =>
  inMemory(async ({ write, read }) => {
    const log = await openLog({ write, read });
    const writer = createLogWriter({ kv: write, ...log });
    const appended = await Promise.all(
      Array.from({ length: 5_000 }, (_, i) => {
        const key = ["beside", new Uint8Array([i >> 8, i & 255, 0, 0, 0, 0, 0, 0])];
        return writer.append(draft(`${i}`, `p${i % 50}`), undefined, [{ key, value }]);
      }),
    );
    expect(appended.length).toBe(5_000);
    let count = 0;
    for await (const _ of read.list({ prefix: ["beside"] })) count++;
    expect(count).toBe(5_000);
    await writer.close();
  }));

Deno.test("more than eight values beside an event are refused", () =>
  inMemory(async ({ write, read }) => {
    const log = await openLog({ write, read });
    const writer = createLogWriter({ kv: write, ...log });
    const many = Array.from({ length: 9 }, (_, i) => mark(`${i}`));
    await expect(writer.append(draft("a"), undefined, many)).rejects.toMatchObject({
      code: "bad_request",
    });
    await writer.close();
  }));
