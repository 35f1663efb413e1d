import { expect } from "expect";
import type { Entry } from "@/core/cache/exact/entry.ts";
import { chunkBytes, createKvEntries, inlineBytes } from "@/core/cache/exact/kv_entries.ts";
import { EntryMemory } from "@/core/cache/exact/memory.ts";
import { createExactStore } from "@/core/cache/exact/store.ts";
import type { KvPort } from "@/core/log/kv.ts";
import { unknownUsage } from "@/core/event/usage.ts";
import { faultyKv } from "@/tests/fixtures/faulty_kv.ts";
import { gatedKv } from "@/tests/fixtures/gated_kv.ts";
import { eventually } from "@/tests/gateway/fixture.ts";

const now = Date.UTC(2026, 0, 1);
const key = "a".repeat(64);

function entry(bytes: Uint8Array, more: Partial<Entry["head"]> = {}): Entry {
  return {
    bytes,
    head: {
      v: 1,
      id: "e1",
      project: "p1",
      key,
      components: {},
      at: now,
      expiresAt: now + 60_000,
      format: "openai-chat",
      form: "sse",
      contentType: "text/event-stream",
      timing: [0, 5, 10, bytes.length],
      facts: {
        response_model: "m",
        response_id: null,
        finish_reason: "stop",
        tool_calls: [],
        usage: unknownUsage(),
        service_tier: null,
        cost_usd: "0.1",
        latency_ms: 5,
      },
      provider: "openai",
      endpoint: "chat",
      model: "m",
      namespace: "",
      properties: {},
      preview: "Hi",
      size: bytes.length,
      ...more,
    },
  };
}

/** Bytes that no compression makes smaller. */
function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, Math.min(length, at + 65_536)));
  }
  return bytes;
}

Deno.test("entries of every size come back as they were, and to their project alone", async () => {
  using kv = await Deno.openKv(":memory:");
  const entries = createKvEntries({ kv, now: () => now });
  for (const size of [0, 1, inlineBytes, inlineBytes + 1, chunkBytes * 25 + 7]) {
    const stored = entry(noise(size));
    await entries.write(stored);
    expect(await entries.read("p1", key)).toEqual(stored);
    expect(await entries.read("p2", key)).toBe("absent");
  }
});

Deno.test("a write that is cut off between its chunks leaves a miss, never half an answer", async () => {
  using kv = await Deno.openKv(":memory:");
  const bytes = noise(chunkBytes * 25);
  for (let cut = 0; cut < 4; cut++) {
    let commits = 0;
    const dying = createKvEntries({
      kv: faultyKv(kv, () => commits++ < cut ? "well" : "lost"),
      now: () => now,
    });
    // Three commits of chunks, then the entry itself.
    await expect(dying.write(entry(bytes))).rejects.toThrow();
    expect(await createKvEntries({ kv, now: () => now }).read("p1", key)).toBe("absent");
  }
  const entries = createKvEntries({ kv, now: () => now });
  await entries.write(entry(bytes));
  expect(await entries.read("p1", key)).toMatchObject({ head: { id: "e1" } });
});

Deno.test("a chunk that is missing or was changed makes the entry a miss", async () => {
  using kv = await Deno.openKv(":memory:");
  const entries = createKvEntries({ kv, now: () => now });
  const chunks = async () => {
    const found: Deno.KvKey[] = [];
    for await (const { key } of kv.list({ prefix: ["cache", "exact", "p1", "chunk"] })) {
      found.push(key);
    }
    return found;
  };
  await entries.write(entry(noise(chunkBytes * 3)));
  const [first, second] = await chunks();
  const { value } = await kv.get<Uint8Array>(first ?? []);
  const changed = new Uint8Array(value ?? []);
  changed[100] = (changed[100] ?? 0) ^ 1;
  await kv.set(first ?? [], changed);
  expect(await entries.read("p1", key)).toBe("damaged");
  await entries.write(entry(noise(chunkBytes * 3)));
  for (const one of await chunks()) if (one !== second) await kv.delete(one);
  expect(await entries.read("p1", key)).toBe("damaged");
});

Deno.test("of two answers to one request the later stays, however long the earlier is written", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = createExactStore({ kv, now: () => now, warn: () => {} });
  store.put(entry(noise(chunkBytes * 25), { id: "long" }));
  store.put(entry(noise(10), { id: "short" }));
  await store.idle();
  const entries = createKvEntries({ kv, now: () => now });
  expect(await entries.read("p1", key)).toMatchObject({ head: { id: "short" } });
  // Nothing is left of the other.
  expect((await Array.fromAsync(kv.list({ prefix: ["cache", "exact", "p1"] }))).length).toBe(2);
});

Deno.test("an answer that is on its way to KV and has run out does not bring back the one before", async () => {
  using kv = await Deno.openKv(":memory:");
  let clock = now;
  await createKvEntries({ kv, now: () => clock }).write(entry(noise(10), { id: "old" }));
  const gated = gatedKv(kv);
  const store = createExactStore({ kv: gated, now: () => clock, warn: () => {} });
  store.put(entry(noise(10), { id: "young", at: now + 1, expiresAt: now + 1_000 }));
  await eventually(() => gated.operations.length > 0, "the write");
  clock += 1_000;
  const read = store.read("p1", key);
  // Time enough for whoever does not wait.
  for (let i = 0; i < 20; i++) await kv.get(["nothing"]);
  gated.open();
  expect(await read).toBe("expired");
  await store.idle();
});

Deno.test("writers that meet leave one whole answer, and nothing of the others", async () => {
  using kv = await Deno.openKv(":memory:");
  const entries = createKvEntries({ kv, now: () => now });
  const ids = Array.from({ length: 20 }, (_, i) => `e${i}`);
  await Promise.all(
    ids.map((id, i) => entries.write(entry(noise(chunkBytes * 2 + i), { id, at: now + i }))),
  );
  expect(await entries.read("p1", key)).toMatchObject({ head: { id: expect.any(String) } });
  // The entry, its place in the list, three chunks.
  expect((await Array.fromAsync(kv.list({ prefix: ["cache", "exact", "p1"] }))).length).toBe(5);
});

Deno.test("what has run out is a miss at once, whenever the store itself forgets it", async () => {
  using kv = await Deno.openKv(":memory:");
  let clock = now;
  const store = createExactStore({ kv, now: () => clock, warn: () => {} });
  await store.read("p1", key);
  await store.put(entry(noise(10)));
  expect(store.peek("p1", key)).not.toBeNull();
  clock += 60_000;
  expect(store.peek("p1", key)).toBeNull();
  expect(await store.read("p1", key)).toBe("expired");
});

Deno.test("what one process removes, no other gives after five seconds", async () => {
  using kv = await Deno.openKv(":memory:");
  let monotonic = 0;
  const open = () =>
    createExactStore({ kv, now: () => now, monotonic: () => monotonic, warn: () => {} });
  const [one, other] = [open(), open()];
  await one.read("p1", key);
  await one.put(entry(noise(10)));
  expect(await other.read("p1", key)).toMatchObject({ entry: { head: { id: "e1" } } });
  expect(other.peek("p1", key)).not.toBeNull();
  expect(await one.remove("p1", () => true)).toBe(1);
  expect(one.peek("p1", key)).toBeNull();
  expect(await one.read("p1", key)).toBe("absent");
  monotonic += 5_001;
  expect(other.peek("p1", key)).toBeNull();
  expect(await other.read("p1", key)).toBe("absent");
  // What was removed elsewhere concerns no other entry.
  await other.put(entry(noise(10), { id: "e2" }));
  expect(other.peek("p1", key)?.entry.head.id).toBe("e2");
});

Deno.test("memory keeps to its bytes and forgets what was used longest ago", () => {
  const memory = new EntryMemory(40_000);
  const put = (name: string) => memory.set(entry(noise(5_000), { key: name.repeat(64) }), 0);
  for (const name of ["a", "b", "c", "d", "e"]) put(name);
  memory.get("p1", "a".repeat(64));
  put("f");
  expect(memory.bytes).toBeLessThanOrEqual(40_000);
  expect(memory.get("p1", "b".repeat(64))).toBeUndefined();
  expect(memory.get("p1", "a".repeat(64))).toBeDefined();
  memory.set(entry(noise(30_000), { key: "9".repeat(64) }), 0);
  expect(memory.get("p1", "9".repeat(64))).toBeUndefined();
});

/** A store's KV in which reads of entries wait until they are let go on. */
function slowEntries(inner: KvPort) {
  const gate = Promise.withResolvers<void>();
  let reads = 0;
  const kv: KvPort = {
    ...bound(inner),
    async get(path, options) {
      const found = await inner.get(path, options);
      if (path.includes("entry")) {
        reads++;
        await gate.promise;
      }
      return found as never;
    },
  };
  return { kv, open: gate.resolve, reads: () => reads };
}

function bound(kv: KvPort): KvPort {
  return {
    get: kv.get.bind(kv),
    getMany: kv.getMany.bind(kv),
    list: kv.list.bind(kv),
    set: kv.set.bind(kv),
    delete: kv.delete.bind(kv),
    atomic: kv.atomic.bind(kv),
    commitVersionstamp: kv.commitVersionstamp.bind(kv),
    close: kv.close.bind(kv),
  };
}

const text = (answer: string) => new TextEncoder().encode(answer);

for (const before of ["older", null]) {
  Deno.test(`an answer that is put while KV is read stays, where KV had ${before ?? "none"}`, async () => {
    using kv = await Deno.openKv(":memory:");
    if (before) {
      await createKvEntries({ kv, now: () => now }).write(entry(text(before), { id: "e1" }));
    }
    const slow = slowEntries(kv);
    const store = createExactStore({ kv: slow.kv, now: () => now, warn: () => {} });
    const reading = store.read("p1", key);
    await eventually(() => slow.reads() === 1, "the read waits");
    const putting = store.put(entry(text("younger"), { id: "e2", at: now + 1 }));
    slow.open();
    await Promise.all([reading, putting]);
    expect(store.peek("p1", key)?.entry.head.id).toBe("e2");
    await store.idle();
  });
}

Deno.test("removing an entry leaves the younger one that took its place, and no row without an entry", async () => {
  using kv = await Deno.openKv(":memory:");
  const entries = createKvEntries({ kv, now: () => now });
  const older = entry(noise(100_000), { id: "e1" });
  await entries.write(older);
  await entries.write(entry(noise(100_000), { id: "e2", at: now + 1 }));
  // Whoever removes has seen the older one in the list.
  await entries.remove("p1", older.head);
  const found = await entries.read("p1", key);
  expect(typeof found === "string" ? found : found.head.id).toBe("e2");
  expect((await Array.fromAsync(entries.list("p1"))).map(({ id }) => id)).toEqual(["e2"]);
});
