import { keptLog } from "@/tests/cache/semantic/kept_log.ts";
import { expect } from "expect";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { callEvent, store } from "@/tests/analytics/seed.ts";
import { bearer, emptyStore, now, origin, testApi } from "@/tests/api/fixture.ts";
import type { CacheDecision } from "@/core/event/cache.ts";
import { componentNames } from "@/core/cache/exact/components.ts";
import { createCache } from "@/core/cache/cache.ts";
import { cacheSettingsSchema } from "@/core/cache/settings.ts";
import type { Entry } from "@/core/cache/exact/entry.ts";
import { unknownUsage } from "@/core/event/usage.ts";

const clickhouse = useClickHouse();

/** Components that differ from the plain ones in some parts. */
function components(changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(componentNames.map((name) => [name, changes[name] ?? "0".repeat(16)]));
}

function missed(changes: Readonly<Record<string, string>>, more: Partial<CacheDecision> = {}) {
  return {
    reason: "absent" as const,
    key: "k",
    components: components(changes),
    ttl_seconds: 3_600,
    ...more,
  };
}

Deno.test("misses are ranked by the hits that ignoring a part would have given, in time and TTL", async () => {
  await using db = await clickhouse.database();
  await using api = await testApi(db.store);
  const project = api.own.project.id;
  const at = (minutes: number) => new Date(now - 6 * 3_600_000 + minutes * 60_000).toISOString();
  const one = (id: string, minutes: number, cache: "MISS" | "HIT", decision: CacheDecision) =>
    callEvent({ id, project, at: at(minutes) }, { cache, cache_decision: decision });
  await store(db.store, [
    // Six misses that differ in `other` alone: five of them would have been hits.
    ...Array.from(
      { length: 6 },
      (_, i) =>
        one(
          `o${i}`,
          i,
          "MISS",
          missed(
            { other: `x${i}` },
            i === 0 ? {} : {
              nearest: { event: "o0", differs: ["other"], paths: ["extra.timestamp"] },
            },
          ),
        ),
    ),
    // Two that differ in `system`, but the first had run out before the second came.
    one("s0", 10, "MISS", missed({ system: "a", other: "s" })),
    one("s1", 80, "MISS", missed({ system: "b", other: "s" })),
    // The same again, because its answer was not kept: no part's fault.
    one("n0", 90, "MISS", { ...missed({ model: "m" }), ttl_seconds: undefined }),
    one("n1", 91, "MISS", missed({ model: "m" })),
    one("h", 92, "HIT", { reason: "stored", key: "k" }),
    // Another project's misses are nobody's business.
    callEvent({ id: "foreign", project: api.foreign.project.id, at: at(3) }, {
      cache: "MISS",
      cache_decision: missed({ other: "x9" }),
    }),
  ]);
  const { body } = await api.get("/v1/cache/misses?period=24h");
  expect(body).toMatchObject({ by: "component", eligible: 11, misses: 10, hit_rate: 1 / 11 });
  expect(body.rows[0]).toEqual({
    name: "other",
    misses: 5,
    share: 0.5,
    hit_rate_without: 6 / 11,
    paths: ["extra.timestamp"],
  });
  expect(body.rows.map(({ name }: { name: string }) => name)).not.toContain("system");
  const paths = await api.get("/v1/cache/misses?period=24h&by=path");
  expect(paths.body.rows).toEqual([
    { name: "extra.timestamp", misses: 5, share: 0.5, hit_rate_without: 6 / 11 },
  ]);
});

Deno.test("figures count outcomes, savings and reasons; the statistics show the same savings", async () => {
  await using db = await clickhouse.database();
  await using api = await testApi(db.store);
  const project = api.own.project.id;
  const at = new Date(now - 60_000).toISOString();
  const free = { usd: "0" };
  const calls: [string, Parameters<typeof callEvent>[1]][] = [
    ["a", {
      cache: "HIT",
      saved_cost_usd: "0.25",
      saved_latency_ms: 900,
      cache_decision: { reason: "stored", key: "k" },
    }],
    ["b", {
      cache: "HIT-SEMANTIC",
      saved_cost_usd: "0.000000000001",
      saved_latency_ms: 100,
      cache_decision: { reason: "similar", key: "k", similarity: 0.97 },
    }],
    ["c", {
      cache: "HIT-COALESCED",
      saved_cost_usd: null,
      cache_decision: { reason: "coalesced" },
    }],
    ["d", { cache: "MISS", cache_decision: { reason: "absent", key: "k" } }],
    ["e", { cache: "BYPASS", cache_decision: { reason: "temperature" } }],
    ["f", { cache: "BYPASS" }],
  ];
  await store(
    db.store,
    calls.map(([id, data]) => {
      const event = callEvent({ id, project, at }, data);
      return { ...event, data: { ...event.data, cost: { ...event.data.cost, ...free } } };
    }),
  );
  const { body } = await api.get("/v1/cache/stats");
  expect(body).toMatchObject({
    requests: 6,
    eligible: 4,
    hits: { exact: 1, semantic: 1, coalesced: 1, total: 3 },
    misses: 1,
    bypassed: 2,
    hit_rate: 0.75,
    hit_rate_of_all: 0.5,
    saved_cost_usd: "0.250000000001",
    hits_without_price: 1,
    saved_latency_ms: 1_000,
    stored: { entries: 0, bytes: 0, more: false },
  });
  expect(body.reasons).toEqual([
    { cache: "BYPASS", reason: "temperature", requests: 1 },
    { cache: "MISS", reason: "absent", requests: 1 },
  ]);
  const { body: { stats } } = await api.get("/v1/analytics/stats");
  expect([stats.saved_cost_usd, stats.cache_hit_rate]).toEqual(["0.250000000001", 0.5]);
  const event = await api.get("/v1/analytics/event/b");
  const [decision] = event.body.decisions;
  expect(decision).toMatchObject({
    about: "cache",
    decision: "HIT-SEMANTIC",
    detail: { reason: "similar", similarity: 0.97 },
  });
  expect(event.body.event).toMatchObject({
    saved_cost_usd: "0.000000000001",
    saved_latency_ms: 100,
  });
});

function entry(project: string, i: number, more: Partial<Entry["head"]> = {}): Entry {
  const bytes = new TextEncoder().encode(`{"i":${i}}`);
  return {
    bytes,
    head: {
      v: 1,
      id: `e${i}`,
      project,
      key: String(i).padStart(64, "0"),
      components: {},
      at: now - i * 60_000,
      expiresAt: now + 3_600_000,
      format: "openai-chat",
      form: "json",
      contentType: "application/json",
      timing: [],
      facts: {
        response_model: null,
        response_id: null,
        finish_reason: "stop",
        tool_calls: [],
        usage: unknownUsage(),
        service_tier: null,
        cost_usd: "0.5",
        latency_ms: 10,
      },
      provider: "openai",
      endpoint: "chat",
      model: i % 2 ? "gpt-4o" : "gpt-4o-mini",
      namespace: "",
      properties: i % 3 ? {} : { team: "red" },
      preview: `How do I make ${i} things?`,
      size: bytes.length,
      ...more,
    },
  };
}

Deno.test("entries are listed newest first, found by words, and removed by what they fit", async () => {
  const kv = await Deno.openKv(":memory:");
  const settings = cacheSettingsSchema.parse({});
  const log = keptLog(kv);
  const cache = createCache({
    kv,
    log,
    newId: log.newId,
    settings: () => settings,
    embedder: () => null,
    decisionOf: () => Promise.resolve(null),
    now: () => now,
    random: () => 0,
    warn: () => {},
  });
  {
    await using api = await testApi(emptyStore, { cache });
    const project = api.own.project.id;
    for (let i = 0; i < 12; i++) await cache.store.put(entry(project, i));
    await cache.store.put(entry(api.foreign.project.id, 99));
    const list = async (query: string) => (await api.get(`/v1/cache/entries?${query}`)).body;
    const first = await list("limit=5");
    expect(first.entries.map(({ entry_id }: { entry_id: string }) => entry_id))
      .toEqual(["e0", "e1", "e2", "e3", "e4"]);
    const second = await list(`limit=50&cursor=${first.next_cursor}`);
    expect(second.entries.map(({ entry_id }: { entry_id: string }) => entry_id))
      .toEqual(["e5", "e6", "e7", "e8", "e9", "e10", "e11"]);
    expect(second.next_cursor).toBeNull();
    expect((await list("q=make%2011")).entries.length).toBe(1);
    expect((await list("q=E3")).entries.length).toBe(0);
    expect((await api.get("/v1/cache/entries?cursor=nonsense")).status).toBe(400);

    const remove = async (body: unknown, headers: Record<string, string> = bearer(api.own.key)) => {
      const answer = await api.send("/v1/cache/invalidate", { method: "POST", headers, body });
      return [answer.status, (await answer.json()).removed] as const;
    };
    expect(await remove({})).toEqual([400, undefined]);
    expect(await remove({ all: true, model: "gpt-4o" })).toEqual([400, undefined]);
    expect(await remove({ entry: "e1" })).toEqual([200, 1]);
    expect(cache.store.peek(project, "1".padStart(64, "0"))).toBeNull();
    expect(await remove({ property: { name: "team", value: "red" }, model: "gpt-4o" }))
      .toEqual([200, 2]);
    expect(await remove({ prefix: "how do i make 1" })).toEqual([200, 2]);
    expect(await remove({ older_than_seconds: 420 })).toEqual([200, 2]);
    expect(await remove({ namespace: "elsewhere" })).toEqual([200, 0]);
    // The cookie counts only with an origin.
    expect(await remove({ all: true }, { cookie: api.cookie })).toEqual([403, undefined]);
    expect(await remove({ all: true }, { cookie: api.cookie, origin })).toEqual([200, 5]);
    expect((await list("")).entries).toEqual([]);
    expect((await cache.entries(api.foreign.project.id, { limit: 5 })).entries.length).toBe(1);
  }
  await cache.idle();
  kv.close();
});

Deno.test("the section of settings is read, changed and refused by field", async () => {
  await using api = await testApi(emptyStore);
  const path = `/v1/projects/${api.own.project.id}/settings/cache`;
  const headers = { cookie: api.cookie, origin };
  const read = await (await api.send(path, { headers })).json();
  expect(read).toMatchObject({
    version: 0,
    settings: {
      enabled: true,
      temperature: "zero",
      ttl_seconds: 86_400,
      semantic: { mode: "off" },
    },
  });
  const put = async (settings: unknown) => {
    const answer = await api.send(path, { method: "PUT", headers, body: { settings } });
    return { status: answer.status, body: await answer.json() };
  };
  const changed = await put({ semantic: { mode: "shadow", error_target: 0.1 } });
  expect(changed.body.settings.semantic).toMatchObject({ mode: "shadow", verify_share: 0.05 });
  const bad = await put({ ttl_seconds: 0, semantic: { mode: "on" } });
  expect(bad.status).toBe(400);
  expect(bad.body.error.details.fields.map(({ field }: { field: string }) => field))
    .toEqual(["settings.ttl_seconds", "settings.semantic.mode"]);
  const unreachable = await put({
    semantic: { embedder: { kind: "http", base_url: "http://169.254.169.254/v1", model: "m" } },
  });
  expect(unreachable.body.error.details.fields[0].field)
    .toBe("settings.semantic.embedder.base_url");
  expect((await put({ semantic: { embedder: { kind: "provider", provider: "nobody" } } })).status)
    .toBe(400);
  // A project names a model that the operator has named, and never a path.
  for (const model of ["minilm", "/etc/passwd", "../model.onnx", ""]) {
    const refused = await put({ semantic: { embedder: { kind: "onnx", model } } });
    expect([refused.status, refused.body.error.details.fields[0].field])
      .toEqual([400, "settings.semantic.embedder.model"]);
  }
});
