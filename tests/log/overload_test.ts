import { expect } from "expect";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { gatedKv } from "../fixtures/gated_kv.ts";
import { bytesPayload, draft, everything, idOf, noise } from "./events.ts";
import { inMemory } from "./stores.ts";

Deno.test("append() refuses the event over the count bound before anything of it is stored", () =>
  inMemory(async ({ write, read }) => {
    const log = await openLog({ write, read });
    const kv = gatedKv(write);
    const writer = createLogWriter({ kv, ...log, limits: { maxEvents: 10 } });
    const accepted = Array.from({ length: 10 }, (_, i) => writer.append(draft(`${i}`)));
    expect(writer.pending.events).toBe(10);
    await expect(writer.append(draft("over"))).rejects.toMatchObject({
      code: "log_overloaded",
      details: { waiting_events: 10 },
    });
    kv.open();
    await Promise.all(accepted);
    expect(writer.pending).toEqual({ events: 0, bytes: 0 });
    await writer.append(draft("afterwards"));
    await writer.close();
    const ids = (await everything(createLogReader({ kv: read, ...log }))).map(idOf);
    expect(ids).toEqual([...Array.from({ length: 10 }, (_, i) => `${i}`), "afterwards"]);
  }));

Deno.test("append() counts payloads that are still being prepared against the byte bound", () =>
  inMemory(async ({ write, read }) => {
    const log = await openLog({ write, read });
    const kv = gatedKv(write);
    const writer = createLogWriter({ kv, ...log, limits: { maxBytes: 2_000_000 } });
    const large = () => ({ request: bytesPayload(noise(900_000)) });
    const accepted = [writer.append(draft("0"), large()), writer.append(draft("1"), large())];
    expect(writer.pending).toEqual({ events: 2, bytes: 1_800_000 });
    await expect(writer.append(draft("over"), large())).rejects.toMatchObject({
      code: "log_overloaded",
    });
    accepted.push(writer.append(draft("small")));
    kv.open();
    await Promise.all(accepted);
    expect(writer.pending).toEqual({ events: 0, bytes: 0 });
    await writer.close();
    const ids = (await everything(createLogReader({ kv: read, ...log }))).map(idOf);
    expect(ids).toEqual(["0", "1", "small"]);
    expect(await Array.fromAsync(read.list({ prefix: ["blob", "project", "over"] }))).toEqual([]);
  }));

Deno.test("a payload over the byte bound gets through when nothing else waits", () =>
  inMemory(async ({ write, read }) => {
    const log = await openLog({ write, read });
    const writer = createLogWriter({ kv: write, ...log, limits: { maxBytes: 1_000 } });
    await writer.append(draft("large"), { request: bytesPayload(noise(5_000)) });
    await writer.close();
    expect((await everything(createLogReader({ kv: read, ...log }))).map(idOf)).toEqual(["large"]);
  }));

Deno.test("append() names the field of a draft that it cannot store", () =>
  inMemory(async ({ write, read }) => {
    const log = await openLog({ write, read });
    const writer = createLogWriter({ kv: write, ...log });
    const refused = (field: string) => ({ code: "bad_request", details: { field } });
    const payload = bytesPayload(noise(1));
    await expect(writer.append(draft(""))).rejects.toMatchObject(refused("id"));
    await expect(writer.append(draft("x".repeat(129)))).rejects.toMatchObject(refused("id"));
    await expect(writer.append(draft("x", ""))).rejects.toMatchObject(refused("project"));
    await expect(writer.append(draft("x"), { "~event": payload }))
      .rejects.toMatchObject(refused("payloads"));
    await expect(writer.append(draft("x", "p", { n: 1n })))
      .rejects.toMatchObject(refused("event"));
    await expect(writer.append(draft("x", "p", { filler: "x".repeat(1024 * 1024) })))
      .rejects.toMatchObject(refused("event"));
    expect(writer.pending).toEqual({ events: 0, bytes: 0 });
    await writer.append(draft("good"));
    await writer.close();
    expect((await everything(createLogReader({ kv: read, ...log }))).map(idOf)).toEqual(["good"]);
  }));

Deno.test("one commit takes one record of each partition and stays inside the size limits", () =>
  inMemory(async ({ write, read }) => {
    const log = await openLog({ write, read }, { partitions: 16 });
    const kv = gatedKv(write);
    const writer = createLogWriter({ kv, ...log });
    kv.open();
    await Promise.all(
      Array.from(
        { length: 400 },
        (_, i) =>
          writer.append(draft(`${i}`, `project ${i % 40}`, { filler: "x".repeat(20_000) }), {
            request: bytesPayload(noise(8_000 + 200 * i)),
          }),
      ),
    );
    await writer.close();
    for (const operation of kv.operations) {
      expect(operation.bytes).toBeLessThanOrEqual(700 * 1024);
      expect(operation.checks).toBeLessThanOrEqual(1);
    }
    // 400 events of 20 KB in records of at most two, without one lost to another's key.
    const entries = await everything(createLogReader({ kv: read, ...log }));
    expect(new Set(entries.map(idOf)).size).toBe(400);
  }));

Deno.test("appends of one turn of the loop share one commit", () =>
  inMemory(async ({ write, read }) => {
    const log = await openLog({ write, read });
    const kv = gatedKv(write);
    kv.open();
    const told: (readonly number[])[] = [];
    const writer = createLogWriter({ kv, ...log, onCommit: (partitions) => told.push(partitions) });
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => writer.append(draft(`${i}`, `project ${i}`))),
    );
    expect(kv.operations.length).toBe(1);
    expect(told.map((partitions) => partitions.toSorted())).toEqual([[0, 1, 2, 3]]);
    await writer.close();
  }));

Deno.test("close() under load commits what was accepted and refuses the rest", () =>
  inMemory(async ({ write, read }) => {
    const log = await openLog({ write, read });
    const writer = createLogWriter({ kv: write, ...log });
    const accepted: string[] = [];
    const refused: unknown[] = [];
    let appended = 0;
    const caller = async (name: number) => {
      for (let i = 0;; i++) {
        const payloads = i % 10 === 9 ? { request: bytesPayload(noise(100_000)) } : undefined;
        try {
          accepted.push((await writer.append(draft(`${name}:${i}`, `p${name}`), payloads)).id);
        } catch (error) {
          refused.push(error);
          return;
        }
        if (++appended === 500) void writer.close();
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, name) => caller(name)));
    await writer.close();
    expect(refused.length).toBe(20);
    for (const error of refused) expect(error).toMatchObject({ code: "log_closed" });
    const ids = (await everything(createLogReader({ kv: read, ...log }))).map(idOf);
    expect(ids.toSorted()).toEqual(accepted.toSorted());
    expect(await Array.fromAsync(read.list({ prefix: ["log_writer"] }))).toEqual([]);
  }));

Deno.test("a listener that throws is reported, and costs no append", () =>
  inMemory(async ({ write, read }) => {
    const log = await openLog({ write, read });
    const broken = new Error("The listener is broken");
    const onCommit = () => {
      throw broken;
    };
    const reported: unknown[] = [];
    const listen = (event: ErrorEvent) => {
      event.preventDefault();
      reported.push(event.error);
    };
    addEventListener("error", listen);
    try {
      const writer = createLogWriter({ kv: write, ...log, onCommit });
      await writer.append(draft("0"));
      await writer.append(draft("1"));
      await writer.close();
    } finally {
      removeEventListener("error", listen);
    }
    expect(reported).toEqual([broken, broken]);
    expect((await everything(createLogReader({ kv: read, ...log }))).map(idOf)).toEqual(["0", "1"]);
  }));
