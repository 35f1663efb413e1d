import { expect } from "expect";
import type { KvHandles } from "@/core/log/kv.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { sweepBlobs } from "@/core/log/sweep.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { RecordedOperation } from "../fixtures/operation.ts";
import { bytesPayload, draft, eventOf, everything, noise } from "./events.ts";
import { inMemory } from "./stores.ts";

const dayMs = 24 * 60 * 60 * 1000;
const now = Date.parse("2026-11-23T09:00:00.000Z");
const body = noise(700_000);

/** Appends with a store that takes the chunks and then no record: what a dying writer leaves. */
async function dieBeforeRecord({ write, read }: KvHandles): Promise<void> {
  const log = await openLog({ write, read });
  const kv = {
    atomic: () =>
      new RecordedOperation(write.atomic(), async (operation) => {
        if (operation.checks > 0) throw new Error("The writer is gone");
        return await operation.inner.commit();
      }),
    commitVersionstamp: write.commitVersionstamp.bind(write),
    delete: write.delete.bind(write),
  };
  const writer = createLogWriter({
    kv: { ...write, ...kv },
    ...log,
    retry: { attempts: 1 },
    clock: () => now,
  });
  await expect(writer.append(draft("lost"), { request: bytesPayload(body) })).rejects.toThrow();
  await writer.close();
}

async function keysUnder({ read }: KvHandles, prefix: string): Promise<number> {
  return (await Array.fromAsync(read.list({ prefix: [prefix] }))).length;
}

Deno.test("sweepBlobs() removes blobs without a record after a day, and not before", () =>
  inMemory(async (handles) => {
    await dieBeforeRecord(handles);
    expect(await keysUnder(handles, "blob")).toBe(12);
    expect(await keysUnder(handles, "blob_open")).toBe(1);

    const early = await sweepBlobs({ kv: handles.write, clock: () => now + dayMs - 1 });
    expect(early).toEqual({ events: 0, chunks: 0, damaged: 0 });
    expect(await keysUnder(handles, "blob")).toBe(12);

    const swept = await sweepBlobs({ kv: handles.write, clock: () => now + dayMs });
    expect(swept).toEqual({ events: 1, chunks: 12, damaged: 0 });
    expect(await keysUnder(handles, "blob")).toBe(0);
    expect(await keysUnder(handles, "blob_open")).toBe(0);
  }));

Deno.test("sweepBlobs() leaves an event alone that was appended again, staged or not", async () => {
  for (const rest of [{}, { limits: { atomicBytes: 790_000 } }]) {
    await inMemory(async (handles) => {
      await dieBeforeRecord(handles);
      const log = await openLog(handles);
      const writer = createLogWriter({ kv: handles.write, ...log, ...rest, clock: () => now });
      await writer.append(draft("lost"), { request: bytesPayload(body) });
      await writer.close();
      const swept = await sweepBlobs({ kv: handles.write, clock: () => now + 2 * dayMs });
      expect(swept).toEqual({ events: 0, chunks: 0, damaged: 0 });
      const reader = createLogReader({ kv: handles.read, ...log });
      const [entry] = await everything(reader);
      if (!entry) throw new Error("The event is missing");
      expect((await reader.payload(eventOf(entry), "request"))?.length).toBe(body.length);
    });
  }
});

Deno.test("sweepBlobs() stops when the event is appended again under its hands", () =>
  inMemory(async (handles) => {
    await dieBeforeRecord(handles);
    const log = await openLog(handles);
    const writer = createLogWriter({ kv: handles.write, ...log, clock: () => now + 2 * dayMs });
    const { write } = handles;
    let commits = 0;
    const kv = {
      list: write.list.bind(write),
      atomic: () =>
        new RecordedOperation(write.atomic(), async (operation) => {
          commits += 1;
          if (commits === 1) {
            await writer.append(draft("lost"), { request: bytesPayload(body) });
          }
          return await operation.inner.commit();
        }),
    };
    const swept = await sweepBlobs({ kv: { ...write, ...kv }, clock: () => now + 2 * dayMs });
    expect(swept).toEqual({ events: 0, chunks: 0, damaged: 0 });
    expect(commits).toBe(1);
    await writer.close();
    const reader = createLogReader({ kv: handles.read, ...log });
    const [entry] = await everything(reader);
    if (!entry) throw new Error("The event is missing");
    expect((await reader.payload(eventOf(entry), "request"))?.length).toBe(body.length);
  }));

Deno.test("sweepBlobs() reports a mark that it cannot read and leaves it", () =>
  inMemory(async ({ write, read }) => {
    await write.set(["blob_open", "project", "e"], "?");
    expect(await sweepBlobs({ kv: write })).toEqual({ events: 0, chunks: 0, damaged: 1 });
    expect(await keysUnder({ write, read }, "blob_open")).toBe(1);
  }));
