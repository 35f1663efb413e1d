import { expect } from "expect";
import { hc } from "hono/client";
import type { ApiType } from "@/routes/(_api)/app.ts";
import { bearer, emptyStore, origin, testApi } from "./fixture.ts";

Deno.test("the typed client knows routes, parameters and answers", async () => {
  await using api = await testApi(emptyStore);
  const client = hc<ApiType>(origin, {
    headers: bearer(api.own.key),
    fetch: (input: string | URL | Request, init?: RequestInit) => api.app.request(input, init),
  });
  const logs = await client.v1.analytics.logs.$get({ query: { limit: "5", model: "gpt-4o" } });
  const page = await logs.json();
  // An answer may be an error: the types make the caller look.
  if ("error" in page) throw new Error(page.error.message);
  // Typed: a field that the answer does not have would not compile.
  const next: string | null = page.next_cursor;
  expect([page.limit, next, page.logs]).toEqual([5, null, []]);

  const series = await client.v1.analytics.timeseries.$get({
    query: { metric: "cost", period: "1h" },
  });
  const line = await series.json();
  if ("error" in line) throw new Error(line.error.message);
  expect(line.data.map(({ value }) => value)).toEqual(Array(12).fill("0"));
});

Deno.test("a key can be asked for without a body, and is live", async () => {
  await using api = await testApi(emptyStore);
  const answer = await api.send(`/v1/projects/${api.own.project.id}/keys`, {
    method: "POST",
    headers: { cookie: api.cookie, origin },
  });
  expect(answer.status).toBe(201);
  expect((await answer.json()).key).toMatch(/^wl_live_/);
});
