import { expect } from "expect";
import { partitionOf } from "@/core/log/position.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { bytesPayload, draft, eventOf, everything, idOf, noise, textPayload } from "./events.ts";
import { stores, withStore } from "./stores.ts";

for (const [name, open] of Object.entries(stores)) {
  const rule = (sentence: string, body: Parameters<typeof withStore>[1]) =>
    Deno.test(`log (${name}): ${sentence}`, () => withStore(open, body));

  rule("an append is readable at the position it resolved with", async (handles) => {
    const log = await openLog(handles);
    const writer = createLogWriter({ kv: handles.write, ...log });
    const reader = createLogReader({ kv: handles.read, ...log });
    const appended = await Promise.all(
      Array.from({ length: 300 }, (_, i) => writer.append(draft(`e${i}`, `project${i % 7}`))),
    );
    const byId = new Map((await everything(reader)).map((entry) => [idOf(entry), entry]));
    expect(byId.size).toBe(300);
    for (const { id, position } of appended) expect(byId.get(id)?.position).toEqual(position);
    expect(writer.pending).toEqual({ events: 0, bytes: 0 });
    await writer.close();
  });

  rule("payloads of every size come back byte for byte", async (handles) => {
    const log = await openLog(handles);
    const writer = createLogWriter({ kv: handles.write, ...log });
    const reader = createLogReader({ kv: handles.read, ...log });
    const sizes = [0, 1, 4096, 4097, 40_000, 61_440, 61_441, 600_000, 720_000, 3_000_000];
    const sent = sizes.map(noise);
    await Promise.all(sent.map((bytes, i) =>
      writer.append(draft(`e${i}`), {
        request: bytesPayload(bytes),
        response: textPayload("x".repeat(bytes.length)),
      })
    ));
    const entries = await everything(reader);
    expect(entries.map(idOf)).toEqual(sent.map((_, i) => `e${i}`));
    for (const [i, entry] of entries.entries()) {
      const request = await reader.payload(eventOf(entry), "request");
      const response = await reader.payload(eventOf(entry), "response");
      expect(request && sameBytes(request, sent[i] ?? noise(1))).toBe(true);
      expect(response?.length).toBe(sizes[i]);
      expect(response?.every((byte) => byte === 0x78)).toBe(true);
    }
    expect(await Array.fromAsync(handles.read.list({ prefix: ["blob_open"] }))).toEqual([]);
    await writer.close();
  });

  rule("an event that is larger than a record comes back whole", async (handles) => {
    const log = await openLog(handles);
    const writer = createLogWriter({ kv: handles.write, ...log });
    const reader = createLogReader({ kv: handles.read, ...log });
    const text = "й\ud800\u0000".repeat(60_000);
    await Promise.all([
      writer.append(draft("small before")),
      writer.append(draft("large", "project", { text })),
      writer.append(draft("small after")),
    ]);
    const entries = await everything(reader);
    expect(entries.map(idOf)).toEqual(["small before", "large", "small after"]);
    expect(entries[1]?.raw).toEqual(draft("large", "project", { text }));
    await writer.close();
  });

  rule("reading is bounded by records and bytes and loses nothing between", async (handles) => {
    const log = await openLog(handles, { partitions: 1 });
    const writer = createLogWriter({ kv: handles.write, ...log });
    const reader = createLogReader({ kv: handles.read, ...log });
    const stamps: string[] = [];
    for (let i = 0; i < 9; i++) {
      const { position } = await writer.append(draft(`e${i}`, "p", { filler: "x".repeat(9_000) }));
      stamps.push(position.versionstamp);
    }
    expect((await reader.read(0, { after: null, maxRecords: 4 })).length).toBe(4);
    expect((await reader.read(0, { after: null, maxBytes: 20_000 })).length).toBe(3);
    expect((await reader.read(0, { after: null, maxBytes: 1 })).length).toBe(1);
    const [after = "", upTo = ""] = [stamps[2], stamps[5]];
    const middle = await reader.read(0, { after, upTo });
    expect(middle.map(({ versionstamp }) => versionstamp)).toEqual(stamps.slice(3, 6));
    expect(await reader.read(0, { after: upTo, upTo })).toEqual([]);
    expect((await everything(reader, 2)).map(idOf)).toEqual(stamps.map((_, i) => `e${i}`));
    expect(await reader.count(0, null)).toEqual({ records: 9, events: 9, last: stamps[8] });
    expect(await reader.count(0, after, upTo)).toEqual({ records: 3, events: 3, last: upTo });
    expect(await reader.count(0, stamps[8] ?? "")).toEqual({ records: 0, events: 0, last: null });
    await writer.close();
  });

  rule("two writers and a tailing reader: everything once, in each writer's order", async (kv) => {
    const log = await openLog(kv);
    const reader = createLogReader({ kv: kv.read, ...log });
    const write = async (writerName: string) => {
      const writer = createLogWriter({ kv: kv.write, ...log });
      const appends: Promise<unknown>[] = [];
      for (let i = 0; i < 400; i++) {
        appends.push(writer.append(draft(`${writerName}:${i}`)));
        if (i % 20 === 0) await appends.at(-1);
      }
      await Promise.all(appends);
      await writer.close();
    };
    let writing = true;
    const written = Promise.all([write("a"), write("b")]).finally(() => writing = false);
    const seen: string[] = [];
    const partition = partitionOf("project", log.partitions);
    for (let after: string | null = null;;) {
      const last = !writing;
      const records = await reader.read(partition, { after });
      for (const record of records) seen.push(...record.entries.map(idOf));
      after = records.at(-1)?.versionstamp ?? after;
      if (last && records.length === 0) break;
    }
    await written;
    for (const writerName of ["a", "b"]) {
      expect(seen.filter((id) => id.startsWith(writerName)))
        .toEqual(Array.from({ length: 400 }, (_, i) => `${writerName}:${i}`));
    }
    expect(seen.length).toBe(800);
  });
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
