import { expect } from "expect";
import fc from "fast-check";
import type { Appended } from "@/core/log/contract.ts";
import { newRecordKey } from "@/core/log/keys.ts";
import type { KvPort } from "@/core/log/kv.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { RecordBuilder } from "@/core/log/record.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { type Fate, faultyKv } from "../fixtures/faulty_kv.ts";
import { bytesPayload, draft, eventOf, everything, idOf, noise } from "./events.ts";
import { inMemory } from "./stores.ts";

/** A series of fates of which most are bad, and which ends well. */
const fates = fc.array(
  fc.constantFrom<Fate>("well", "lost", "unacknowledged", "late"),
  { minLength: 20, maxLength: 60 },
);
const eager = { attempts: 100, baseMs: 0, maxMs: 0 };

function inOrder(series: readonly Fate[]): () => Fate {
  let next = 0;
  return () => series[next++] ?? "well";
}

Deno.test("append() stores every event once, whatever becomes of the commits", () =>
  fc.assert(
    fc.asyncProperty(fates, (series) =>
      inMemory(async ({ write, read }) => {
        const log = await openLog({ write, read });
        const kv = faultyKv(write, inOrder(series));
        const writer = createLogWriter({ kv, ...log, retry: eager });
        const reader = createLogReader({ kv: read, ...log });
        const appended: Appended[] = [];
        const callers = Array.from({ length: 5 }, async (_, caller) => {
          for (let i = 0; i < 12; i++) {
            // Every sixth event needs its payload written ahead, in commits that fail as well.
            const payloads = i % 6 === 5 ? { request: bytesPayload(noise(700_000)) } : undefined;
            appended.push(await writer.append(draft(`${caller}:${i}`, `p${caller}`), payloads));
          }
        });
        await Promise.all(callers);
        await kv.settle();
        await writer.close();

        const entries = await everything(reader);
        const byId = new Map(entries.map((entry) => [idOf(entry), entry]));
        expect(entries.length).toBe(60);
        expect(byId.size).toBe(60);
        for (const { id, position } of appended) expect(byId.get(id)?.position).toEqual(position);
        for (let caller = 0; caller < 5; caller++) {
          const own = entries.map(idOf).filter((id) => id.startsWith(`${caller}:`));
          expect(own).toEqual(Array.from({ length: 12 }, (_, i) => `${caller}:${i}`));
        }
        for (const entry of entries) {
          if (!eventOf(entry).payloads) continue;
          expect((await reader.payload(eventOf(entry), "request"))?.length).toBe(700_000);
        }
      })),
    { numRuns: 15 },
  ));

// The control: the same faults without the writer's key.
Deno.test("without the writer's key, repeating an unknown commit stores events twice", () =>
  inMemory(async ({ write, read }) => {
    const log = await openLog({ write, read });
    const fate = inOrder(["unacknowledged", "well", "late", "well"]);
    const kv = faultyKv(write, fate);
    for (const id of ["a", "b"]) await appendWithoutKey(kv, id);
    await kv.settle();
    const ids = (await everything(createLogReader({ kv: read, ...log }))).map(idOf);
    expect(ids.toSorted()).toEqual(["a", "a", "b", "b"]);
  }));

async function appendWithoutKey(kv: KvPort, id: string): Promise<void> {
  const builder = new RecordBuilder(1_000);
  builder.add(0, JSON.stringify(draft(id)));
  for (;;) {
    try {
      await kv.atomic().set(newRecordKey(kv, 0), builder.finish()).commit();
      return;
    } catch {
      // Unknown: again.
    }
  }
}

Deno.test("append() rejects with log_unavailable after the last attempt, and goes on afterwards", () =>
  inMemory(async ({ write, read }) => {
    const log = await openLog({ write, read });
    const kv = faultyKv(write, inOrder(["lost", "lost", "unacknowledged"]));
    const writer = createLogWriter({ kv, ...log, retry: { attempts: 3, baseMs: 0, maxMs: 0 } });
    const rejected = await Promise.allSettled([
      writer.append(draft("unknown 1")),
      writer.append(draft("unknown 2")),
    ]);
    for (const result of rejected) {
      expect(result).toMatchObject({ status: "rejected", reason: { code: "log_unavailable" } });
    }
    expect(writer.pending).toEqual({ events: 0, bytes: 0 });
    await writer.append(draft("known"));
    await writer.append(draft("known too"));
    await writer.close();
    const ids = (await everything(createLogReader({ kv: read, ...log }))).map(idOf);
    // Rejected says unknown, and so it is: the last attempt was stored.
    expect(ids).toEqual(["unknown 1", "unknown 2", "known", "known too"]);
  }));

Deno.test("an attempt that was given up and lands later does not pass for the next commit", () =>
  inMemory(async ({ write, read }) => {
    const log = await openLog({ write, read });
    const kv = faultyKv(write, inOrder(["late", "late", "well"]));
    const writer = createLogWriter({ kv, ...log, retry: { attempts: 1, baseMs: 0, maxMs: 0 } });
    await expect(writer.append(draft("first"))).rejects.toMatchObject({ code: "log_unavailable" });
    // The first attempt lands while the second commit is on its way, and that one is given up too.
    await expect(writer.append(draft("second"))).rejects.toMatchObject({ code: "log_unavailable" });
    await writer.append(draft("third"));
    await writer.append(draft("fourth"));
    await writer.close();
    const ids = (await everything(createLogReader({ kv: read, ...log }))).map(idOf);
    expect(ids).toEqual(["first", "third", "fourth"]);
  }));

Deno.test("close() ends when the store is gone, and rejects what waits", () =>
  inMemory(async ({ write, read }) => {
    const log = await openLog({ write, read });
    const kv = faultyKv(write, () => "lost");
    const writer = createLogWriter({ kv, ...log, retry: { attempts: 4, baseMs: 1, maxMs: 1 } });
    const filler = { filler: "x".repeat(50_000) };
    const appends = Array.from({ length: 40 }, (_, i) => writer.append(draft(`${i}`, "p", filler)));
    const settled = Promise.allSettled(appends);
    await writer.close();
    for (const result of await settled) {
      expect(result).toMatchObject({ status: "rejected", reason: { code: "log_unavailable" } });
    }
    // One group was tried to the end; the 39 records behind it were not tried in vain.
    expect(kv.commits).toBeLessThan(10);
  }));
