/** Erasing a user or a call reaches what the cache keeps of it. */
import { expect } from "expect";
import { readCheckpoint, storeCheckpoint } from "@/consumers/checkpoint.ts";
import { type Clock, systemClock } from "@/consumers/clock.ts";
import { createLeases } from "@/consumers/lease.ts";
import { registerConsumer } from "@/consumers/registry.ts";
import { createRetention } from "@/consumers/retention/pass.ts";
import { eraseCached } from "@/core/cache/erase_stored.ts";
import { boughtBefore } from "@/core/cache/owner.ts";
import { erase } from "@/core/retention/removed.ts";
import { type TestLog, testLog } from "@/tests/consumers/log.ts";
import { chatAnswer, json, post, projectKey, runUpstream } from "@/tests/gateway/fixture.ts";
import { keysWith } from "../scan_kv.ts";
import { type Cached, cachedGateway, type CachedOptions, cacheOf } from "./fixture.ts";

const providerKeys = { openai: "sk-1" };
const canary = "canary83921";
const settings = { temperature: "any", semantic: { mode: "shadow" } };

/** Text that does not shrink, so that it stands in chunks. */
function noise(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => (33 + byte % 90).toString(36)).join("");
}

/** Repeats the question, and makes much of it when the question says so. */
async function echoing() {
  return await runUpstream(({ body }, response) => {
    const { messages } = JSON.parse(new TextDecoder().decode(body));
    const asked = String(messages.at(-1).content);
    const content = `You said: ${asked} ${asked.includes("at length") ? noise(50_000) : ""}`;
    const message = { role: "assistant", content };
    json(response, { ...chatAnswer, choices: [{ index: 0, message, finish_reason: "stop" }] });
  });
}

async function ask(
  { url, cache }: Cached,
  user: string | null,
  content: string,
  headers: Record<string, string> = {},
) {
  const response = await post(
    `${url}/v1/chat/completions`,
    { model: "gpt-4o", messages: [{ role: "user", content }] },
    {
      authorization: `Bearer ${projectKey}`,
      ...(user !== null && { "x-watchllm-user": user }),
      ...headers,
    },
  );
  await response.text();
  await cache.idle();
  return { cache: cacheOf(response), event: response.headers.get("x-watchllm-event-id") ?? "" };
}

async function started(options: CachedOptions = {}) {
  const upstream = await echoing();
  const cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys,
    settings,
    ...options,
  });
  return {
    cached,
    async [Symbol.asyncDispose]() {
      await cached[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

Deno.test("erasing a user leaves nothing of the questions and answers in the cache, and others' alone", async () => {
  let now = Date.UTC(2026, 0, 1);
  await using running = await started({ clock: () => now });
  const { cached } = running;
  const mine = `What is account ${canary} about?`;
  await ask(cached, "ann", mine, { "x-watchllm-property-ticket": canary });
  await ask(cached, "ann", `Tell me at length of ${canary}`);
  // The first of two answers, and what no list shows any more.
  await ask(cached, "ann", `Tell me at length of ${canary}`, { "cache-control": "no-cache" });
  await ask(cached, "ann", `Briefly, ${canary}?`, { "x-watchllm-cache-ttl": "1" });
  now += 2_000;
  await ask(cached, "bob", "What is account 77 about?");
  await ask(cached, null, "Who are you?");
  // As a write leaves it that was cut off.
  const lost = new TextEncoder().encode(canary);
  await cached.kv.set(["cache", "exact", "p1", "chunk", "k".repeat(64), "s".repeat(64), 0], lost);
  const before = await keysWith(cached.kv, canary);
  for (const part of ["entry", "list", "chunk", "semantic"]) {
    expect(before.filter((key) => key.includes(`"${part}"`)).length).toBeGreaterThan(0);
  }
  // Three questions and an answer to each: one was replaced.
  expect(await cached.cache.erase("p1", { user_id: "ann" })).toBe(6);
  expect(await keysWith(cached.kv, canary)).toEqual([]);
  expect((await ask(cached, "bob", "What is account 77 about?")).cache).toBe("HIT");
  expect((await ask(cached, null, "Who are you?")).cache).toBe("HIT");
  // What she asks from now on is kept as always.
  expect((await ask(cached, "ann", mine)).cache).toBe("MISS");
  expect((await ask(cached, "ann", mine)).cache).toBe("HIT");
});

Deno.test("erasing a call reaches its question and its answer alone", async () => {
  await using running = await started();
  const { cached } = running;
  const { event } = await ask(cached, null, `What is ${canary} about?`);
  await ask(cached, null, "Who are you?");
  expect(await cached.cache.erase("p2", { event_id: event })).toBe(0);
  expect(await cached.cache.erase("p1", { event_id: event })).toBe(2);
  expect(await keysWith(cached.kv, canary)).toEqual([]);
  expect((await ask(cached, null, "Who are you?")).cache).toBe("HIT");
});

Deno.test("what an earlier release stored without saying whose it is goes with any erasure", async () => {
  await using running = await started();
  const { cached } = running;
  await ask(cached, "ann", `What is ${canary} about?`);
  for await (const { key, value } of cached.kv.list<Record<string, unknown>>({ prefix: [] })) {
    if (key[0] !== "cache" || typeof value !== "object") continue;
    const { user_id: _u, user: _v, event: _e, head, ...rest } = value;
    const { user_id: _w, ...older } = Object(head);
    await cached.kv.set(key, { ...rest, ...(head !== undefined && { head: older }) });
  }
  await cached.cache.erase("p1", { user_id: "somebody" });
  expect(await keysWith(cached.kv, canary)).toEqual([]);
});

Deno.test("emptying the cache reaches its questions when their embedder cannot be had any more", async () => {
  let there = true;
  await using running = await started({
    settings: {
      temperature: "any",
      semantic: {
        mode: "shadow",
        embedder: { kind: "http", base_url: "http://127.0.0.1:9/v1", model: "m" },
      },
    },
    embedder: () =>
      there
        ? {
          identity: "test",
          embed: (texts) => Promise.resolve(texts.map(() => Float32Array.of(1, 0))),
        }
        : null,
  });
  const { cached } = running;
  await ask(cached, null, `What is ${canary} about?`);
  there = false;
  await cached.cache.invalidate("p1", {});
  expect(await keysWith(cached.kv, canary)).toEqual([]);
});

Deno.test("a veto quotes another user's question to nobody", async () => {
  await using running = await started();
  const { cached } = running;
  const vetoes = () => {
    const { cache_decision } = cached.running.log.records.at(-1)?.event.data ?? {};
    return cache_decision?.semantic?.candidates.flatMap((one) => one.vetoes) ?? [];
  };
  await ask(cached, "ann", "How do I close account 83921?");
  await ask(cached, "bob", "How do I close account 77?");
  expect(vetoes()).toContainEqual({ guard: "numbers", query: "77", entry: "" });
  expect(JSON.stringify(cached.running.log.records.at(-1)?.event)).not.toContain("83921");
  await ask(cached, "ann", "How do I close account 5?");
  expect(vetoes()).toContainEqual({ guard: "numbers", query: "5", entry: "83921" });
});

/** The consumer has read everything. */
async function readAll({ kv, reader }: TestLog): Promise<void> {
  for (let partition = 0; partition < reader.partitions; partition++) {
    const current = await readCheckpoint(kv, "clickhouse@g1", partition);
    const { checkpoint } = current;
    const { events, last } = await reader.count(partition, checkpoint.committed);
    if (last === null) continue;
    const next = { ...checkpoint, committed: last, rows: checkpoint.rows + events };
    await storeCheckpoint(kv, "clickhouse@g1", partition, current, next);
  }
}

Deno.test("two days after an erasure nothing of it is in the store at all", async () => {
  await using log = await testLog();
  const { kv, writer, reader } = log;
  await registerConsumer(kv, { projection: "clickhouse", generation: 1, state: "active" }, 0);
  const time = { now: Date.now() };
  const clock: Clock = { ...systemClock, now: () => time.now };
  let ids = 0;
  const ports = { kv, log: writer, now: clock.now, newId: () => `r${++ids}` };
  const look = createRetention({
    ...ports,
    reader,
    clock,
    leases: createLeases({ kv, clock, owner: "one" }),
    settings: () => Promise.resolve(new Map()),
    async forget(project, erasures) {
      await eraseCached({ kv, now: clock.now }, project, boughtBefore(erasures));
    },
  });
  await using running = await started({ kv, ports: { log: writer } });
  const { cached } = running;
  await ask(cached, "ann", `What is ${canary} about?`);
  await ask(cached, "ann", `Tell me at length of ${canary}`);
  await ask(cached, "bob", `What is account 77 about?`);
  await ask(cached, "bob", `Tell me of ${canary.length} things`);
  await erase(ports, "p1", { user_id: "ann" });
  await cached.cache.erase("p1", { user_id: "ann" });
  expect((await keysWith(kv, canary)).filter((key) => key.includes("cache"))).toEqual([]);
  expect((await keysWith(kv, canary)).length).toBeGreaterThan(0);
  // An answer that came while it was erased, as another process stores it.
  await ask(cached, "ann", `What is ${canary} about, at last?`);
  for (let night = 0; night < 4; night++) {
    await readAll(log);
    await look(new AbortController().signal);
    time.now += 86_460_000;
  }
  const left = await keysWith(kv, canary);
  // Her call since then is on record, as all calls are; the cache's part of it went.
  expect(left.filter((key) => key.includes("cache"))).toEqual([]);
  expect((await keysWith(kv, "account 77")).length).toBeGreaterThan(0);
  await erase(ports, "p1", { user_id: "ann" });
  for (let night = 0; night < 4; night++) {
    await readAll(log);
    await look(new AbortController().signal);
    time.now += 86_460_000;
  }
  expect(await keysWith(kv, canary)).toEqual([]);
});
