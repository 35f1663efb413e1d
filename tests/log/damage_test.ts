import { expect } from "expect";
import fc from "fast-check";
import { DamagedPayload, DamagedRecord } from "@/core/log/damage.ts";
import { blobPrefix, recordKey } from "@/core/log/keys.ts";
import type { KvHandles } from "@/core/log/kv.ts";
import { type LogIdentity, openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { countFrames, decodeRecord, frameKind, RecordBuilder } from "@/core/log/record.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { bytesPayload, draft, eventOf, everything, idOf, noise, textPayload } from "./events.ts";
import { inMemory } from "./stores.ts";

async function appendEach(handles: KvHandles, count: number): Promise<[LogIdentity, string[]]> {
  const log = await openLog(handles, { partitions: 1 });
  const writer = createLogWriter({ kv: handles.write, ...log });
  const stamps: string[] = [];
  for (let i = 0; i < count; i++) {
    const { position } = await writer.append(draft(`e${i}`), {
      request: bytesPayload(noise(130_000)),
    });
    stamps.push(position.versionstamp);
  }
  await writer.close();
  return [log, stamps];
}

function sampleRecord(): Uint8Array {
  const builder = new RecordBuilder(2_000);
  for (const id of ["a", "b", "c"]) builder.add(frameKind.event, JSON.stringify(draft(id)));
  return builder.finish().slice();
}

Deno.test("a record with any one byte changed is refused, by reading and by counting", () => {
  const record = sampleRecord();
  expect(decodeRecord(record).map(({ json }) => json)).toEqual(
    ["a", "b", "c"].map((id) => draft(id)),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: record.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      (at, change) => {
        const damaged = record.slice();
        damaged[at] = (damaged[at] ?? 0) ^ change;
        expect(() => decodeRecord(damaged)).toThrow();
        expect(() => countFrames(damaged)).toThrow();
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("a record cut at any place, or followed by more, is refused", () => {
  const record = sampleRecord();
  for (let length = 0; length < record.length; length++) {
    expect(() => decodeRecord(record.subarray(0, length))).toThrow();
  }
  expect(() => decodeRecord(new Uint8Array([...record, 0]))).toThrow();
  expect(() => decodeRecord("text")).toThrow("not bytes");
});

Deno.test("frames that lie about their kind or length are refused even with a valid checksum", () => {
  const withFrame = (change: (view: DataView) => void) => {
    const builder = new RecordBuilder(100);
    builder.add(frameKind.event, "{}");
    // finish() gives a view, so the change is under the checksum of the second call.
    change(new DataView(builder.finish().buffer));
    return builder.finish();
  };
  expect(decodeRecord(withFrame(() => {}))).toEqual([{ kind: 0, json: {}, bytes: 7 }]);
  expect(() => decodeRecord(withFrame((view) => view.setUint8(6, 9)))).toThrow("kind 9");
  expect(() => decodeRecord(withFrame((view) => view.setUint32(7, 3)))).toThrow("longer");
  expect(() => decodeRecord(withFrame((view) => view.setUint32(7, 1)))).toThrow();
  expect(() => decodeRecord(withFrame((view) => view.setUint8(11, 0xff)))).toThrow("JSON");
});

Deno.test("read() delivers what stands before a damaged record, then reports it", () =>
  inMemory(async (handles) => {
    const [log, stamps] = await appendEach(handles, 4);
    const reader = createLogReader({ kv: handles.read, ...log });
    const [, second = "", third = ""] = stamps;
    await handles.write.set(recordKey(0, third), new Uint8Array([1, 2, 3]));
    const before = await reader.read(0, { after: null });
    expect(before.flatMap(({ entries }) => entries.map(idOf))).toEqual(["e0", "e1"]);
    const error = await reader.read(0, { after: second }).catch((error) => error);
    expect(error).toBeInstanceOf(DamagedRecord);
    expect(error.at).toEqual({ partition: 0, versionstamp: third });
    const behind = await reader.read(0, { after: third });
    expect(behind.flatMap(({ entries }) => entries.map(idOf))).toEqual(["e3"]);
    await expect(reader.count(0, null)).rejects.toBeInstanceOf(DamagedRecord);
  }));

Deno.test("payload() reports a chunk that is missing, cut, changed or of another type", () =>
  inMemory(async (handles) => {
    const [log] = await appendEach(handles, 1);
    const reader = createLogReader({ kv: handles.read, ...log });
    const [entry] = await everything(reader);
    if (!entry) throw new Error("The event is missing");
    const event = eventOf(entry);
    const chunks = await Array.fromAsync(
      handles.read.list<Uint8Array>({ prefix: blobPrefix("project", "e0") }),
    );
    expect(chunks.length).toBe(3);
    const [, middle] = chunks;
    if (!middle) throw new Error("The chunk is missing");
    const flipped = middle.value.slice();
    flipped[100] = (flipped[100] ?? 0) ^ 1;
    const damages: unknown[] = [flipped, middle.value.slice(1), new Uint8Array(), "text"];
    for (const value of damages) {
      await handles.write.set(middle.key, value);
      await expect(reader.payload(event, "request")).rejects.toBeInstanceOf(DamagedPayload);
    }
    await handles.write.delete(middle.key);
    await expect(reader.payload(event, "request")).rejects.toThrow("chunk 1 of 3 is missing");
    await handles.write.set(middle.key, middle.value);
    expect((await reader.payload(event, "request"))?.length).toBe(130_000);
    expect(await reader.payload(event, "response")).toBeNull();
  }));

Deno.test("payload() reports compressed bytes that do not inflate, or inflate to too much", () =>
  inMemory(async (handles) => {
    const log = await openLog(handles);
    const writer = createLogWriter({ kv: handles.write, ...log });
    await writer.append(draft("e"), { request: textPayload("word ".repeat(5_000)) });
    await writer.close();
    const reader = createLogReader({ kv: handles.read, ...log });
    const [entry] = await everything(reader);
    if (!entry) throw new Error("The event is missing");
    const event = eventOf(entry);
    const [chunk] = await Array.fromAsync(
      handles.read.list<Uint8Array>({ prefix: blobPrefix("project", "e") }),
    );
    if (!chunk) throw new Error("The chunk is missing");
    await handles.write.set(chunk.key, chunk.value.map((byte) => byte ^ 0x55));
    await expect(reader.payload(event, "request")).rejects.toThrow("does not inflate");
    await handles.write.set(chunk.key, chunk.value);
    const { request } = event.payloads ?? {};
    if (!request) throw new Error("The payload is missing");
    const smaller = { ...event, payloads: { request: { ...request, bytes: 100 } } };
    await expect(reader.payload(smaller, "request")).rejects.toBeInstanceOf(DamagedPayload);
  }));

Deno.test("read() reports an event beside its record that has lost a chunk", () =>
  inMemory(async (handles) => {
    const log = await openLog(handles, { partitions: 1 });
    const writer = createLogWriter({ kv: handles.write, ...log });
    const filler = Array.from(noise(60_000), (byte) => byte.toString(16)).join("");
    await writer.append(draft("large", "project", { filler }));
    await writer.close();
    const reader = createLogReader({ kv: handles.read, ...log });
    expect((await everything(reader)).map(idOf)).toEqual(["large"]);
    for await (const { key } of handles.read.list({ prefix: blobPrefix("project", "large") })) {
      await handles.write.delete(key);
    }
    await expect(reader.read(0, { after: null })).rejects.toBeInstanceOf(DamagedRecord);
  }));

Deno.test("an outage of the store is not taken for damage", () =>
  inMemory(async ({ write, read }) => {
    const [log] = await appendEach({ write, read }, 1);
    const outage = new Error("The store cannot be reached");
    const [entry] = await everything(createLogReader({ kv: read, ...log }));
    if (!entry) throw new Error("The event is missing");
    const reader = createLogReader({
      kv: { ...write, getMany: () => Promise.reject(outage) },
      ...log,
    });
    await expect(reader.payload(eventOf(entry), "request")).rejects.toBe(outage);
  }));
