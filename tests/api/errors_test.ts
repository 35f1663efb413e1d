import { expect } from "expect";
import fc from "fast-check";
import { hostile } from "@/tests/analytics/hostile.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { callEvent, store } from "@/tests/analytics/seed.ts";
import { AppError } from "@/core/error.ts";
import { isApiPath } from "@/routes/(_api)/app.ts";
import { bearer, emptyStore, origin, testApi } from "./fixture.ts";

const clickhouse = useClickHouse();

Deno.test("bad input is refused with the field's name and what was expected", async () => {
  await using api = await testApi(emptyStore);
  const cases: Record<string, string> = {
    "/v1/analytics/logs?limit=0": "limit",
    "/v1/analytics/logs?limit=1001": "limit",
    "/v1/analytics/logs?limit=ten": "limit",
    "/v1/analytics/logs?limit=1.5": "limit",
    "/v1/analytics/logs?offset=-1": "offset",
    "/v1/analytics/logs?order=up": "order",
    "/v1/analytics/logs?cursor=nonsense": "cursor",
    "/v1/analytics/logs?status=bad": "status",
    "/v1/analytics/logs?status=success&status=bad": "status.1",
    "/v1/analytics/logs?cache=warm": "cache",
    "/v1/analytics/logs?modle=gpt-4o": "modle",
    "/v1/analytics/logs?constructor=1": "constructor",
    "/v1/analytics/logs?property.=x": "property.",
    "/v1/analytics/logs?model=": "model",
    "/v1/analytics/logs?date_from=yesterday": "date_from",
    "/v1/analytics/logs?date_from=2026-02-01&date_to=2026-01-01": "date_from",
    [`/v1/analytics/logs?q=${"word".repeat(300)}`]: "q",
    [`/v1/analytics/logs?q=${Array.from({ length: 33 }, (_, i) => `w${i}`).join("+")}`]: "q",
    "/v1/analytics/stats?date_to=soon": "date_to",
    "/v1/analytics/stats?limit=1": "limit",
    "/v1/analytics/timeseries?period=2h": "period",
    "/v1/analytics/timeseries?metric=vibes": "metric",
    "/v1/analytics/timeseries?group_by=moon": "group_by",
    "/v1/analytics/timeseries?group_by=property.": "group_by",
    "/v1/analytics/export?format=xlsx": "format",
    "/v1/analytics/event/x?raw=maybe": "raw",
    [`/v1/analytics/event/${"x".repeat(129)}`]: "event_id",
    "/v1/log?after=0": "after",
    "/v1/log?limit=0": "limit",
    "/v1/log?before=0": "before",
    "/v1/analytics/traces?offset=1": "offset",
    "/v1/analytics/event/x?row=true": "row",
  };
  for (const [path, field] of Object.entries(cases)) {
    const { status, body } = await api.get(path);
    expect([path, status, body.error?.code]).toEqual([path, 400, "bad_request"]);
    expect([path, body.error.details.fields[0].field]).toEqual([path, field]);
    expect(body.error.details.fields[0].expected.length).toBeGreaterThan(5);
    expect(body.error.message).toContain(field);
  }
  expect(api.reported).toEqual([]);
});

Deno.test("what was expected is said in words, not in those of the schema's library", async () => {
  await using api = await testApi(emptyStore);
  const cases: Record<string, string> = {
    "/v1/analytics/logs?limit=0": "limit: must be at least 1",
    "/v1/analytics/logs?limit=1001": "limit: must be at most 1000",
    "/v1/analytics/logs?limit=ten": "limit: must be a number",
    "/v1/analytics/logs?limit=1.5": "limit: must be a whole number",
    "/v1/analytics/logs?order=up": "order: must be one of asc, desc",
    "/v1/analytics/logs?model=": "model: must not be empty: leave the field out instead",
    "/v1/analytics/traces?offset=1": "offset: is not known here: leave it out",
    "/v1/analytics/counterfactual?model=openai/nothing":
      "model: must be a model with a known price. No price is known for openai/nothing",
    "/v1/analytics/stats?date_from=2026-02-01&date_to=2026-01-01":
      "date_from: must be before date_to",
  };
  for (const [path, sentence] of Object.entries(cases)) {
    const { body } = await api.get(path);
    expect([path, body.error.message]).toEqual([path, `The request is not valid. ${sentence}.`]);
  }
});

Deno.test("a path that no route has is told in the shape that programs read", async () => {
  await using api = await testApi(emptyStore);
  for (const path of ["/v1", "/v1/", "/v1/nothing", "/v1/users/1", "/api/public/x", "/v1beta"]) {
    expect([path, isApiPath(path)]).toEqual([path, true]);
    const { status, body } = await api.get(path);
    expect([path, status, body.error?.code]).toEqual([path, 404, "not_found"]);
  }
  for (const path of ["/", "/docs/api", "/dashboard", "/v1x", "/apis"]) {
    expect([path, isApiPath(path)]).toEqual([path, false]);
  }
});

Deno.test("bad bodies are refused with the field's name", async () => {
  await using api = await testApi(emptyStore);
  const post = async (body: string, type = "application/json") => {
    const answer = await api.send("/v1/projects", {
      method: "POST",
      headers: { cookie: api.cookie, origin, "content-type": type },
      body,
    });
    const { error } = await answer.json();
    return [answer.status, error.code, error.details?.fields?.[0]?.field];
  };
  expect(await post("{")).toEqual([400, "invalid_json", undefined]);
  expect(await post("{}")).toEqual([400, "bad_request", "name"]);
  expect(await post('{"name":"  "}')).toEqual([400, "bad_request", "name"]);
  expect(await post(`{"name":"${"x".repeat(101)}"}`)).toEqual([400, "bad_request", "name"]);
  expect(await post("null")).toEqual([400, "bad_request", "body"]);
  expect(await post("name=x", "application/x-www-form-urlencoded"))
    .toEqual([415, "unsupported_media_type", undefined]);
  expect(await post("{}", "")).toEqual([415, "unsupported_media_type", undefined]);
  expect(await post(`{"name":"${"x".repeat(70_000)}"}`))
    .toEqual([413, "body_too_large", undefined]);
});

Deno.test("hostile text in every field is its literal meaning or 400, and shows no foreign row", async () => {
  await using db = await clickhouse.database();
  await using api = await testApi(db.store);
  const rows = (project: string) =>
    hostile.map((text, i) =>
      callEvent({ id: `${project}-${i}`, project }, { model: text, user_id: text })
    );
  await store(db.store, [...rows(api.own.project.id), ...rows(api.foreign.project.id)]);
  const fields = [
    "status",
    "model",
    "cache",
    "limit",
    "offset",
    "cursor",
    "order",
    "date_from",
    "date_to",
    "period",
    "property.x",
  ];
  for (const [i, text] of hostile.entries()) {
    for (const field of fields) {
      const { status, body } = await api.get(
        `/v1/analytics/logs?${field}=${encodeURIComponent(text)}`,
      );
      expect([field, text, [200, 400].includes(status)]).toEqual([field, text, true]);
      const ids: string[] = (body.logs ?? []).map((row: { event_id: string }) => row.event_id);
      expect(ids.filter((id) => !id.startsWith(api.own.project.id))).toEqual([]);
      if (field === "model") expect(ids).toEqual([`${api.own.project.id}-${i}`]);
    }
  }
  expect(api.reported).toEqual([]);
});

Deno.test("no query string makes the API fail", async () => {
  await using api = await testApi(emptyStore);
  const paths = fc.constantFrom(
    "/v1/analytics/timeseries",
    "/v1/analytics/logs",
    "/v1/analytics/event/x",
    "/v1/log",
  );
  const name = fc.oneof(
    fc.constantFrom("limit", "offset", "cursor", "date_from", "period", "q", "status", "after"),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(paths, fc.array(fc.tuple(name, fc.string({ unit: "binary" }))), async (
      path,
      pairs,
    ) => {
      const query = pairs.map(([name, value]) =>
        `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`
      ).join("&");
      const answer = await api.send(`${path}?${query}`, { headers: bearer(api.own.key) });
      await answer.body?.cancel();
      expect([200, 400, 404]).toContain(answer.status);
    }),
    { numRuns: 500 },
  );
});

Deno.test("ClickHouse being away is said, and no number is made up", async () => {
  const away = () => {
    throw new AppError("analytics_unavailable", undefined, {
      cause: new Error("secret-host:9000"),
    });
  };
  await using api = await testApi({ query: away, stream: away });
  for (const path of ["stats", "timeseries", "logs", "event/x", "export"]) {
    const { status, body } = await api.get(`/v1/analytics/${path}`);
    expect([path, status]).toEqual([path, 503]);
    expect(body).toEqual({
      error: {
        code: "analytics_unavailable",
        message: expect.stringContaining("nothing is lost"),
        request_id: expect.any(String),
      },
    });
  }
  expect(api.reported).toHaveLength(5);
});

Deno.test("an unexpected error is reported here and told to the client by its id alone", async () => {
  const broken = () => {
    throw new Error("canary in a stack");
  };
  await using api = await testApi({ query: broken, stream: broken });
  const answer = await api.send("/v1/analytics/stats", {
    headers: { ...bearer(api.own.key), "x-request-id": "mine-1" },
  });
  expect(answer.status).toBe(500);
  expect(answer.headers.get("x-request-id")).toBe("mine-1");
  const text = await answer.text();
  expect(JSON.parse(text).error).toMatchObject({ code: "internal", request_id: "mine-1" });
  expect(text).not.toContain("canary");
  expect(api.reported).toMatchObject([{ message: "canary in a stack" }]);
});

Deno.test("a path that is not there, and a method that is not there, say so", async () => {
  await using api = await testApi(emptyStore);
  const nowhere = await api.send("/v1/analytics/nothing");
  expect([nowhere.status, (await nowhere.json()).error.code]).toEqual([404, "not_found"]);
  const wrong = await api.send("/v1/projects/x/keys/y", { method: "PUT" });
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "DELETE"]);
  expect((await wrong.json()).error.code).toBe("method_not_allowed");
  const head = await api.send("/healthz", { method: "HEAD" });
  expect(head.status).toBe(200);
});

Deno.test("answers are data: not sniffed, not framed, not kept; a harmful request id is replaced", async () => {
  await using api = await testApi(emptyStore);
  for (const path of ["/v1/analytics/stats", "/healthz", "/v1/nothing"]) {
    const { headers, body } = await api.send(path, { headers: { "x-request-id": "a b<script>" } });
    await body?.cancel();
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-request-id")).toMatch(/^req_[0-9a-f-]{36}$/);
  }
});
