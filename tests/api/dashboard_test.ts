/** The routes behind the dashboard: saved views, demo data, one call. */
import { expect } from "expect";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { mostViews } from "@/core/saved_views/saved_views.ts";
import { eventually } from "@/tests/fixtures/eventually.ts";
import { callEvent, store } from "@/tests/analytics/seed.ts";
import { bearer, emptyStore, origin, testApi } from "./fixture.ts";

const clickhouse = useClickHouse();

Deno.test("views are saved under a name, replaced by the same name, and removed", async () => {
  await using api = await testApi(emptyStore);
  const path = `/v1/projects/${api.own.project.id}/views`;
  const headers = { cookie: api.cookie, origin };
  const save = (name: string, path_: string) =>
    api.send(path, { method: "POST", headers, body: { name, path: path_ } });
  expect((await save("Errors", "/dashboard/requests?status=error")).status).toBe(201);
  expect((await save("Errors", "/dashboard/requests?status=5xx")).status).toBe(201);
  const list = async () => (await (await api.send(path, { headers })).json()).views;
  expect(await list()).toMatchObject([{ name: "Errors", path: "/dashboard/requests?status=5xx" }]);
  const [{ id }] = await list();
  const foreign = `/v1/projects/${api.foreign.project.id}/views`;
  expect((await (await api.send(foreign, { headers })).json()).views).toEqual([]);
  expect((await api.send(`${foreign}/${id}`, { method: "DELETE", headers })).status).toBe(404);
  expect((await api.send(`${path}/${id}`, { method: "DELETE", headers })).status).toBe(204);
  expect((await api.send(`${path}/${id}`, { method: "DELETE", headers })).status).toBe(404);
  expect(await list()).toEqual([]);
});

Deno.test("as many views as are allowed, each as long as it may be, fit; one more is refused", async () => {
  await using api = await testApi(emptyStore);
  const path = `/v1/projects/${api.own.project.id}/views`;
  const headers = { cookie: api.cookie, origin };
  const save = (name: string) => {
    const to = `/dashboard?${"q".repeat(1_989)}`;
    return api.send(path, { method: "POST", headers, body: { name, path: to } });
  };
  for (let at = 0; at < mostViews; at++) {
    expect((await save(`${at}${"ü".repeat(70)}`)).status).toBe(201);
  }
  expect((await save("one more")).status).toBe(400);
});

Deno.test("a view leads to a page of the dashboard and nowhere else", async () => {
  await using api = await testApi(emptyStore);
  const path = `/v1/projects/${api.own.project.id}/views`;
  const headers = { cookie: api.cookie, origin };
  for (
    const to of [
      "https://evil.example/",
      "//evil.example",
      "javascript:alert(1)",
      "/sign-out",
      "/dashboard/../sign-out",
      "/dashboard#x",
      "/dashboard\\evil",
    ]
  ) {
    const answer = await api.send(path, { method: "POST", headers, body: { name: "x", path: to } });
    expect([to, answer.status]).toEqual([to, 400]);
  }
});

Deno.test("changes need the session and our own origin; no key opens them", async () => {
  await using api = await testApi(emptyStore);
  const base = `/v1/projects/${api.own.project.id}`;
  for (
    const [path, method, body] of [
      [`${base}/views`, "POST", { name: "x", path: "/dashboard" }],
      [`${base}/views/1`, "DELETE", undefined],
      [`${base}/demo`, "POST", undefined],
      [`${base}/demo`, "DELETE", undefined],
    ] as const
  ) {
    const status = async (headers: Record<string, string>) =>
      (await api.send(path, { method, headers, ...(body && { body }) })).status;
    expect([path, await status({})]).toEqual([path, 401]);
    expect([path, await status({ ...bearer(api.own.key), origin })]).toEqual([path, 401]);
    expect([path, await status({ cookie: api.cookie })]).toEqual([path, 403]);
    expect([path, await status({ cookie: api.cookie, origin: "https://evil.example" })])
      .toEqual([path, 403]);
  }
});

Deno.test("demo data fills a project once, tells how far it is, and goes away", async () => {
  await using api = await testApi(emptyStore);
  const path = `/v1/projects/${api.own.project.id}/demo`;
  const headers = { cookie: api.cookie, origin };
  const state = async (
    method = "GET",
  ) => (await (await api.send(path, { method, headers })).json());
  expect(await state()).toEqual({ phase: "none", events: 0, expected: null });
  expect((await state("POST")).phase).toBe("filling");
  expect((await state("POST")).phase).toBe("filling");
  await eventually(async () => expect((await state()).phase).toBe("filled"));
  const { events } = await state();
  expect(events).toBeGreaterThan(50);
  expect((await state("POST")).events).toBe(events);
  expect(await state("DELETE")).toEqual({ phase: "none", events: 0, expected: null });
  const gone = `/v1/projects/nobody/demo`;
  expect((await api.send(gone, { headers })).status).toBe(404);
});

Deno.test("a call is read as a conversation, by its own project only", async () => {
  await using db = await clickhouse.database();
  await using api = await testApi(db.store);
  const event = callEvent({ id: "c1", project: api.own.project.id }, {}, {
    request: JSON.stringify({ messages: [{ role: "user", content: "Where is my order?" }] }),
    response: JSON.stringify({
      choices: [{ index: 0, message: { role: "assistant", content: "On its way." } }],
    }),
  });
  await store(db.store, [event]);
  const path = "/v1/analytics/event/c1/call";
  const own = await api.get(path);
  expect(own.status).toBe(200);
  expect(own.body.transcript).toMatchObject({
    turns: [{ role: "user", parts: [{ type: "text", text: "Where is my order?" }] }],
    answer: { role: "assistant", parts: [{ type: "text", text: "On its way." }] },
  });
  const foreign = { headers: bearer(api.foreign.key) };
  expect((await api.send(path, foreign)).status).toBe(404);
  // Who waits for it is told so without an error, and of another project's no more.
  const recorded = "/v1/analytics/recorded?event_id=c1";
  expect((await api.get(recorded)).body).toEqual({ recorded: true });
  expect(await (await api.send(recorded, foreign)).json()).toEqual({ recorded: false });
  expect((await api.get("/v1/analytics/recorded?event_id=c2")).body).toEqual({ recorded: false });
});

Deno.test("calls are found by cost and latency; without a price they meet no cost", async () => {
  await using db = await clickhouse.database();
  await using api = await testApi(db.store);
  const { id } = api.own.project;
  const price = { provider: "openai", model: "m", match: "exact", tier: "standard" } as const;
  const costing = (usd: string | null) => ({
    usd,
    lines: [],
    price: { ...price, source: "x", version: "1" },
  });
  await store(db.store, [
    callEvent({ id: "cheap", project: id }, { cost: costing("0.001"), latency_ms: 100 }),
    callEvent({ id: "dear", project: id }, { cost: costing("0.5"), latency_ms: 5_000 }),
    callEvent({ id: "unknown", project: id }, { cost: costing(null), latency_ms: 5_000 }),
  ]);
  const found = async (query: string) =>
    (await api.get(`/v1/analytics/logs?${query}`)).body.logs
      .map(({ event_id }: { event_id: string }) => event_id).sort();
  expect(await found("cost_min=0.001")).toEqual(["cheap", "dear"]);
  expect(await found("cost_min=0.0011&cost_max=0.5")).toEqual(["dear"]);
  expect(await found("cost_max=0.4")).toEqual(["cheap"]);
  expect(await found("latency_min=5000")).toEqual(["dear", "unknown"]);
  expect(await found("latency_max=100")).toEqual(["cheap"]);
  for (const bad of ["cost_min=cheap", "latency_min=-1", "cost_max=1e3"]) {
    expect((await api.get(`/v1/analytics/logs?${bad}`)).status).toBe(400);
  }
});
