/** Prices, unpriced calls and counterfactual costs over HTTP. */
import { expect } from "expect";
import { counterfactualSchema } from "@/core/analytics/counterfactual_types.ts";
import { eventDetailSchema } from "@/core/analytics/types.ts";
import { unpricedSchema } from "@/core/analytics/unpriced.ts";
import { emptyBuckets } from "@/core/event/usage.ts";
import { pricesSchema } from "@/routes/(_api)/prices.ts";
import { callEvent, store } from "@/tests/analytics/seed.ts";
import { emptyStore, origin, type TestApi, testApi } from "@/tests/api/fixture.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";

const clickhouse = useClickHouse();

async function put(api: TestApi, body: unknown, project = api.own.project.id) {
  const answer = await api.send(`/v1/projects/${project}/prices`, {
    method: "PUT",
    headers: { cookie: api.cookie, origin },
    body,
  });
  return { status: answer.status, body: await answer.json() };
}

async function get(api: TestApi, project = api.own.project.id) {
  const answer = await api.send(`/v1/projects/${project}/prices`, {
    headers: { cookie: api.cookie },
  });
  return { status: answer.status, body: await answer.json() };
}

Deno.test("negotiated prices are replaced as a whole, by version", async () => {
  await using api = await testApi(emptyStore);
  const empty = await get(api);
  expect(empty.status).toBe(200);
  expect(pricesSchema.parse(empty.body)).toMatchObject({
    version: 0,
    prices: [],
    changed_at: null,
  });

  const prices = [
    { provider: "openai", model: "gpt-4o*", multiplier: "0.85", note: "Contract 7" },
    { provider: "anthropic", model: "*", usd: { input: "2.4" }, from: "2026-01-01T00:00:00.000Z" },
  ];
  const first = await put(api, { prices, replaces: 0 });
  expect(first).toMatchObject({ status: 200, body: { version: 1 } });
  expect(pricesSchema.parse(first.body).prices).toEqual([
    { ...prices[0], from: null, until: null },
    { ...prices[1], until: null },
  ]);
  expect(await get(api)).toEqual(first);
  expect(await put(api, { prices: [], replaces: 0 })).toMatchObject({
    status: 409,
    body: { error: { code: "conflict", details: { version: 1 } } },
  });
  expect(await put(api, { prices: [] })).toMatchObject({ status: 200, body: { version: 2 } });
  // Each project has its own.
  expect((await get(api, api.foreign.project.id)).body.version).toBe(0);
});

Deno.test("prices that make no sense are refused with the field's name", async () => {
  await using api = await testApi(emptyStore);
  const bad: [unknown, string][] = [
    [{}, "prices"],
    [{ prices: [{}] }, "prices.0.provider"],
    [{ prices: [{ provider: "openai", model: "*" }] }, "prices.0.usd"],
    [{ prices: [{ provider: "openai", model: "*", multiplier: 0.85 }] }, "prices.0.multiplier"],
    [{ prices: [{ provider: "openai", model: "*", multiplier: "cheap" }] }, "prices.0.multiplier"],
    [{ prices: [{ provider: "openai", model: "*", usd: { input: "-1" } }] }, "prices.0.usd.input"],
    [
      { prices: [{ provider: "openai", model: "*", multiplier: "1", from: "tomorrow" }] },
      "prices.0.from",
    ],
    [{ prices: [], replace: 1 }, "replace"],
  ];
  for (const [body, field] of bad) {
    const answer = await put(api, body);
    expect([answer.status, JSON.stringify(answer.body.error.details)]).toEqual([
      400,
      expect.stringContaining(field),
    ]);
  }
  expect((await get(api)).body.version).toBe(0);
  expect((await put(api, { prices: [] }, "nowhere")).body.error.code).toBe("project_not_found");
  expect((await get(api, "nowhere")).body.error.code).toBe("project_not_found");
});

Deno.test("unpriced calls and counterfactual costs answer as their schemas say", async () => {
  await using db = await clickhouse.database();
  await using api = await testApi(db.store);
  const project = api.own.project.id;
  const usage = {
    buckets: { ...emptyBuckets(), input: 1_000_000 },
    source: "provider" as const,
    reported_total: null,
    consistent: true,
  };
  const at = "2026-03-04T09:00:00.000Z";
  await store(db.store, [
    callEvent({ id: "a", project, at }, { model: "gpt-4o", usage, provider_cost_usd: "0.0125" }),
    callEvent({ id: "b", project, at }, { model: "gpt-4.1", usage }),
  ]);
  const path = "/v1/analytics/counterfactual?model=openai%2Fgpt-4o-mini";
  const all = await api.get(path);
  expect(counterfactualSchema.parse(all.body)).toEqual(all.body);
  expect(all.body).toMatchObject({
    actual: { calls: 2, cost_usd: "0.02" },
    counterfactual: { low: "0.3", expected: "0.3", high: "0.3" },
  });
  const one = await api.get(`${path}&from_model=gpt-4.1`);
  expect(one.body.actual.calls).toBe(1);

  // The project's own price for the target holds.
  await put(api, { prices: [{ provider: "openai", model: "gpt-4o-mini", multiplier: "0.5" }] });
  expect((await api.get(path)).body.counterfactual.expected).toBe("0.15");

  for (
    const [query, field] of [
      ["", "model"],
      ["?model=gpt-4o", "model"],
      ["?model=openai%2Fgpt-99", "model"],
      ["?model=openai%2Fgpt-4o&date_from=never", "date_from"],
      ["?model=openai%2Fgpt-4o&modl=x", "modl"],
    ]
  ) {
    const { status, body } = await api.get(`/v1/analytics/counterfactual${query}`);
    expect([status, JSON.stringify(body.error.details)]).toEqual([
      400,
      expect.stringContaining(`"${field}"`),
    ]);
  }

  const list = await api.get("/v1/analytics/unpriced");
  expect(unpricedSchema.parse(list.body)).toEqual(list.body);
  expect(list.body.total.calls).toBe(0);

  const { body: detail } = await api.get("/v1/analytics/event/a");
  expect(eventDetailSchema.parse(detail)).toEqual(detail);
  expect(detail.cost_breakdown).toMatchObject({
    usd: "0.01",
    provider_cost_usd: "0.0125",
    difference_usd: "-0.0025",
    repriced: null,
  });
});
