/** What pricing calls again would change, and doing it, over HTTP. */
import { expect } from "expect";
import { emptyBuckets } from "@/core/event/usage.ts";
import { repriceDifferenceSchema, repriceRunSchema } from "@/core/pricing/reprice_types.ts";
import { call } from "@/tests/consumers/event.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { type TracesApi, tracesApi } from "@/tests/traces/fixture.ts";
import { origin, type TestApi } from "./fixture.ts";

const clickhouse = useClickHouse();
const range = { date_from: "2026-03-01", date_to: "2026-03-03" };

/** Calls to a model that no list knows, of one user each, and one to a model that keeps its price. */
async function recorded(t: TracesApi, count: number): Promise<void> {
  const project = t.api.own.project.id;
  const data = {
    model: "our-finetune",
    response_model: null,
    usage: {
      buckets: { ...emptyBuckets(), input: 1_000, output: 100 },
      source: "provider" as const,
      reported_total: null,
      consistent: true,
    },
    cost: {
      usd: null,
      lines: [],
      price: {
        source: "none",
        version: "0.1.8",
        provider: null,
        model: null,
        match: "none" as const,
        tier: "standard",
      },
      unpriced_reason: "No price is known for openai/our-finetune.",
    },
  };
  for (let n = 0; n < count; n++) {
    await t.api.log.append(call({
      id: `call-${n}`,
      project,
      at: `2026-03-02T09:00:${String(n % 60).padStart(2, "0")}.000Z`,
      data: { ...data, user_id: `user-${n}` },
    }));
  }
  await t.project();
}

async function withPrice(api: TestApi): Promise<void> {
  const answer = await api.send(`/v1/projects/${api.own.project.id}/prices`, {
    method: "PUT",
    headers: { cookie: api.cookie, origin },
    body: {
      prices: [{ provider: "openai", model: "our-finetune", usd: { input: "3", output: "12" } }],
    },
  });
  expect(answer.status).toBe(200);
}

async function run(api: TestApi, method = "GET", body?: unknown) {
  const answer = await api.send(`/v1/projects/${api.own.project.id}/reprice`, {
    method,
    headers: { cookie: api.cookie, origin },
    ...(body !== undefined && { body }),
  });
  return { status: answer.status, body: repriceRunSchema.parse(await answer.json()) };
}

async function ended(api: TestApi) {
  for (;;) {
    const { body } = await run(api);
    if (body.phase !== "running") return body;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const query = new URLSearchParams(range);

Deno.test("the difference is shown, applied through the log, and gone", async () => {
  await using db = await clickhouse.database();
  await using t = await tracesApi(db);
  const { api } = t;
  await recorded(t, 7);
  const difference = async (more = "") =>
    repriceDifferenceSchema.parse(await t.get(`/v1/analytics/reprice?${query}${more}`));
  expect((await difference()).total).toMatchObject({ calls: 7, changed: 0, unpriced_before: 7 });

  await withPrice(api);
  const shown = await difference();
  expect(shown).toMatchObject({
    price_version: expect.stringMatching(/\+p1$/),
    total: {
      calls: 7,
      changed: 7,
      gained: 7,
      lost: 0,
      before_usd: "0",
      // 7 × (1,000 × 3 + 100 × 12) / 1,000,000
      after_usd: "0.0294",
      difference_usd: "0.0294",
    },
    models: [{ provider: "openai", model: "our-finetune", changed: 7, gained: 7 }],
    changed_models: 1,
  });
  expect((await difference("&user_id=user-1")).total.changed).toBe(1);

  // One user's calls first, then the rest: what has its price already is left alone.
  expect(await run(api)).toMatchObject({ status: 200, body: { phase: "none" } });
  const begun = await run(api, "POST", { ...range, user_id: "user-1", reason: "Contract 7" });
  expect(begun).toMatchObject({ status: 202, body: { phase: "running" } });
  expect(await ended(api)).toMatchObject({ phase: "done", changed: 1, done: 1, total: 1 });
  await t.project();
  expect((await difference()).total.changed).toBe(6);
  const { body } = await run(api, "POST", range);
  expect(body).toMatchObject({
    date_from: "2026-03-01T00:00:00.000Z",
    date_to: "2026-03-04T00:00:00.000Z",
  });
  expect(await ended(api)).toMatchObject({ phase: "done", changed: 6 });
  await t.project();
  expect((await difference()).total).toMatchObject({ changed: 0, before_usd: "0.0294" });
  const detail = await t.get("/v1/analytics/event/call-1");
  expect(detail.cost_breakdown).toMatchObject({
    usd: "0.0042",
    repriced: { reason: "Contract 7" },
  });
  // Nothing is left to do, and nothing is written.
  await run(api, "POST", range);
  expect(await ended(api)).toMatchObject({ phase: "done", changed: 0, total: 0 });
});

Deno.test("only who is signed in may price again, and only from the dashboard's own pages", async () => {
  await using db = await clickhouse.database();
  await using t = await tracesApi(db);
  const { api } = t;
  const path = `/v1/projects/${api.own.project.id}/reprice`;
  const post = (headers: Record<string, string>) =>
    api.send(path, { method: "POST", headers, body: range });
  expect((await post({ authorization: `Bearer ${api.own.key}` })).status).toBe(401);
  expect((await post({ cookie: api.cookie })).status).toBe(403);
  expect((await post({ cookie: api.cookie, origin: "http://evil.example" })).status).toBe(403);
  expect((await run(api)).body.phase).toBe("none");
});

Deno.test("what cannot be priced again is refused with the field's name", async () => {
  await using db = await clickhouse.database();
  await using t = await tracesApi(db);
  const { api } = t;
  for (
    const [body, field] of [
      [{}, "date_from"],
      [{ date_from: "2026-03-02" }, "date_to"],
      [{ date_from: "2026-03-02", date_to: "2026-03-01" }, "date_from"],
      [{ ...range, reason: "" }, "reason"],
      [{ ...range, modle: "gpt-4o" }, "modle"],
    ] as const
  ) {
    const answer = await api.send(`/v1/projects/${api.own.project.id}/reprice`, {
      method: "POST",
      headers: { cookie: api.cookie, origin },
      body,
    });
    const { error } = await answer.json();
    const named = error.details.fields.map((one: { field: string }) => one.field);
    expect([answer.status, named]).toEqual([400, expect.arrayContaining([field])]);
  }
});

Deno.test("a second run joins the first; one that is stopped leaves the rest for the next", async () => {
  await using db = await clickhouse.database();
  await using t = await tracesApi(db);
  const { api } = t;
  await recorded(t, 30);
  await withPrice(api);
  await run(api, "POST", range);
  const joined = await run(api, "POST", { date_from: "2020-01-01", date_to: "2020-01-02" });
  expect(joined.body).toMatchObject({ phase: "running", date_from: "2026-03-01T00:00:00.000Z" });
  const { body: stopped } = await run(api, "DELETE");
  expect(["stopped", "done"]).toContain(stopped.phase);
  expect(stopped.ended_at).not.toBeNull();
  await t.project();
  await run(api, "POST", range);
  expect((await ended(api)).phase).toBe("done");
  await t.project();
  const left = await t.get(`/v1/analytics/reprice?${query}`);
  expect(left.total).toMatchObject({ changed: 0, unpriced_after: 0 });
});
