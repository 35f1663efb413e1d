import { expect } from "expect";
import { crc32 } from "node:zlib";
import { DamagedRecord } from "@/core/log/damage.ts";
import { recordKey } from "@/core/log/keys.ts";
import type { KvHandles } from "@/core/log/kv.ts";
import { openLog } from "@/core/log/open.ts";
import { type CountingLogReader, createLogReader } from "@/core/log/reader.ts";
import { decodeRecord, frameKind, partsAfter, RecordBuilder } from "@/core/log/record.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { draft, everything, idOf } from "./events.ts";
import { inMemory, stores, withStore } from "./stores.ts";

const filler = "x".repeat(9_000);

/** Appends so many events of 9 KB in one turn of the loop: one commit, when there is room. */
async function appendAtOnce(handles: KvHandles, count: number, limits = {}) {
  const log = await openLog(handles, { partitions: 1 });
  const writer = createLogWriter({ kv: handles.write, ...log, limits });
  const appended = await Promise.all(
    Array.from({ length: count }, (_, i) => writer.append(draft(`e${i}`, "p", { filler }))),
  );
  await writer.close();
  const stamps = [...new Set(appended.map(({ position }) => position.versionstamp))];
  return { appended, stamps, reader: createLogReader({ kv: handles.read, ...log }) };
}

const ids = (count: number) => Array.from({ length: count }, (_, i) => `e${i}`);

for (const [name, open] of Object.entries(stores)) {
  Deno.test(`log (${name}): what one project appends at once shares a commit beyond one value`, () =>
    withStore(open, async (handles) => {
      const { appended, stamps, reader } = await appendAtOnce(handles, 24);
      expect(stamps.length).toBe(1);
      expect(appended.map(({ position }) => position.index)).toEqual(ids(24).map((_, i) => i));
      const entries = await everything(reader);
      expect(entries.map(idOf)).toEqual(ids(24));
      expect(entries.map(({ position }) => position))
        .toEqual(appended.map(({ position }) => position));
      expect(await reader.count(0, null)).toEqual({ records: 1, events: 24, last: stamps[0] });
    }));
}

Deno.test("a record has as many parts as the limits say, the rest waits for the next commit", () =>
  inMemory(async (handles) => {
    const { stamps, reader } = await appendAtOnce(handles, 30, { recordParts: 2 });
    // Six events of 9 KB in a part of 60 KiB.
    expect(stamps.length).toBe(3);
    expect((await everything(reader)).map(idOf)).toEqual(ids(30));
  }));

Deno.test("a part that is missing, changed or in another's place is damage", async () => {
  const damaged = async (
    damage: (handles: KvHandles, stamp: string) => Promise<unknown>,
    reason: string,
  ) =>
    await inMemory(async (handles) => {
      const { stamps: [stamp = ""], reader } = await appendAtOnce(handles, 24);
      expect(partsAfter((await handles.read.get(recordKey(0, stamp))).value)).toBe(3);
      await damage(handles, stamp);
      await expect(reader.read(0, { after: null })).rejects.toMatchObject({ reason });
      await expect(reader.count(0, null)).rejects.toBeInstanceOf(DamagedRecord);
    });
  await damaged(
    ({ write }, stamp) => write.delete(recordKey(0, stamp, 2)),
    "part 3 of 4 is missing",
  );
  await damaged(async ({ write }, stamp) => {
    const { value } = await write.get<Uint8Array>(recordKey(0, stamp, 1));
    await write.set(recordKey(0, stamp, 1), value?.map((byte, i) => i === 400 ? byte ^ 1 : byte));
  }, "the checksum differs");
  await damaged(async ({ write }, stamp) => {
    const { value } = await write.get<Uint8Array>(recordKey(0, stamp));
    await write.set(recordKey(0, stamp), value?.map((byte, i) => i === 5 ? 2 : byte));
  }, "the checksum differs");
});

Deno.test("a record that is taken out between its first part and the others is passed over", () =>
  inMemory(async (handles) => {
    const { stamps: [stamp = ""] } = await appendAtOnce(handles, 24);
    const log = await openLog(handles);
    const kv = handles.read;
    const reader: CountingLogReader = createLogReader({
      ...log,
      kv: {
        get: (key, options) => kv.get(key, options),
        list: (selector, options) => kv.list(selector, options),
        getMany: async (keys, options) => {
          const gone = handles.write.atomic().delete(recordKey(0, stamp));
          for (const part of [1, 2, 3]) gone.delete(recordKey(0, stamp, part));
          await gone.commit();
          return await kv.getMany(keys, options);
        },
        set: (key, value) => kv.set(key, value),
        delete: (key) => kv.delete(key),
        atomic: () => kv.atomic(),
        commitVersionstamp: () => kv.commitVersionstamp(),
        close: () => {},
      },
    });
    expect(await reader.read(0, { after: null })).toEqual([]);
    expect(await reader.count(0, null)).toEqual({ records: 0, events: 0, last: null });
  }));

Deno.test("a record of the first version, without parts, is still read", () => {
  const json = new TextEncoder().encode(JSON.stringify(draft("old")));
  const record = new Uint8Array(10 + json.length);
  const view = new DataView(record.buffer);
  record[0] = 1;
  record[5] = frameKind.event;
  view.setUint32(6, json.length);
  record.set(json, 10);
  view.setUint32(1, crc32(record.subarray(5)));
  expect(partsAfter(record)).toBe(0);
  expect(decodeRecord(record)).toEqual([
    { kind: frameKind.event, json: draft("old"), bytes: json.length + 5 },
  ]);
  record[0] = 2;
  expect(() => decodeRecord(record)).toThrow("checksum");
  const builder = new RecordBuilder(1_000);
  builder.add(frameKind.event, "{}");
  const made = builder.finish().slice();
  made[0] = 1;
  expect(() => decodeRecord(made)).toThrow("checksum");
});
