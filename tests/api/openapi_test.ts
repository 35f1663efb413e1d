import { expect } from "expect";
import { z } from "zod";
import {
  eventDetailSchema,
  logPageSchema,
  statsSchema,
  timeseriesSchema,
} from "@/core/analytics/types.ts";
import { breakdownSchema, propertiesSchema } from "@/core/analytics/breakdown_types.ts";
import { logEventsSchema, logProofSchema } from "@/routes/(_api)/log_schema.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { randomCalls, store } from "@/tests/analytics/seed.ts";
import { bearer, emptyStore, type Json, now, testApi } from "./fixture.ts";

const clickhouse = useClickHouse();

/** What OpenAPI 3.1 demands of the parts that we use. */
const parameter = z.object({
  name: z.string().min(1),
  in: z.enum(["query", "header", "path", "cookie"]),
  required: z.boolean().optional(),
  schema: z.record(z.string(), z.unknown()),
});
const content = z.record(
  z.string().regex(/^[a-z]+\/[a-z0-9.+-]+$/),
  z.object({ schema: z.record(z.string(), z.unknown()) }),
);
const operation = z.object({
  summary: z.string().min(1),
  tags: z.array(z.string()).min(1),
  parameters: z.array(parameter).optional(),
  requestBody: z.object({ content }).optional(),
  responses: z.record(
    z.string().regex(/^(default|[1-5]\d\d)$/),
    z.object({ description: z.string().min(1), content: content.optional() }),
  ),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
});
const document = z.object({
  openapi: z.literal("3.1.0"),
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(
    z.string().startsWith("/"),
    z.partialRecord(z.enum(["get", "post", "put", "patch", "delete"]), operation),
  ),
  components: z.object({
    schemas: z.record(z.string(), z.unknown()),
    securitySchemes: z.record(z.string(), z.object({ type: z.string() })),
  }),
});

async function readDocument(): Promise<{ raw: Json; read: z.infer<typeof document> }> {
  await using api = await testApi(emptyStore);
  const raw = await (await api.send("/v1/openapi.json")).json();
  return { raw, read: document.parse(raw) };
}

Deno.test("the OpenAPI document is valid, and all its references lead somewhere", async () => {
  const { raw, read } = await readDocument();
  const references = JSON.stringify(raw).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
  for (const [, name = ""] of references) expect(read.components.schemas).toHaveProperty([name]);
  const schemes = Object.keys(read.components.securitySchemes);
  for (const [path, methods] of Object.entries(read.paths)) {
    const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name).sort();
    for (const { parameters = [], security = [] } of Object.values(methods)) {
      const declared = parameters.filter((one) => one.in === "path");
      expect([path, declared.map(({ name }) => name).sort()]).toEqual([path, inPath]);
      expect(declared.every(({ required }) => required)).toBe(true);
      for (const scheme of security.flatMap(Object.keys)) expect(schemes).toContain(scheme);
    }
  }
});

Deno.test("the document has every route of the app, and the gateway's", async () => {
  await using api = await testApi(emptyStore);
  const { read } = await readDocument();
  const described = Object.entries(read.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) =>
      `${method.toUpperCase()} ${path.replaceAll(/\{([^}]+)\}/g, ":$1")}`
    )
  );
  const routes = api.app.routes.filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path}`)
    .filter((route) => route !== "GET /v1/openapi.json");
  for (const route of routes) expect(described).toContain(route);
  expect(described).toContain("POST /v1/chat/completions");
  expect(described).toContain("POST /v1/messages");
});

Deno.test("the document names every filter that the contract has", async () => {
  const { read } = await readDocument();
  const names = read.paths["/v1/analytics/logs"]?.get?.parameters?.map(({ name }) => name);
  for (
    const name of [
      "limit",
      "offset",
      "cursor",
      "status",
      "provider",
      "model",
      "user_id",
      "session_id",
      "trace_id",
      "cache",
      "date_from",
      "date_to",
      "q",
      "order",
    ]
  ) expect(names).toContain(name);
});

Deno.test("the document has the filters by property wherever the routes take them", async () => {
  await using api = await testApi(emptyStore);
  const { read } = await readDocument();
  for (const [path, { get }] of Object.entries(read.paths)) {
    const names = get?.parameters?.filter((one) => one.in === "query").map(({ name }) => name);
    if (!names || !/^\/v1\/(analytics|cache)\/[^{]+$/.test(path)) continue;
    const needed = path.endsWith("/breakdown")
      ? "by=model&"
      : path.endsWith("/counterfactual")
      ? "model=openai%2Fgpt-4o&"
      : "";
    const answer = await api.send(`${path}?${needed}property.team=search`, {
      headers: bearer(api.own.key),
    });
    const text = await answer.text();
    const taken = !text.includes("property.team: is not known");
    expect([path, names.includes("property")]).toEqual([path, taken]);
  }
  expect(read.paths["/v1/log/proof"]?.get?.parameters?.map(({ name }) => name))
    .toEqual(["project_id"]);
});

Deno.test("the document has what the gateway's requests and answers say in their heads", async () => {
  const { raw, read } = await readDocument();
  for (const [path, methods] of Object.entries(read.paths)) {
    if (
      !/^\/(v1\/(chat|completions|responses|embeddings|models|messages)|v1beta|proxy)/.test(path)
    ) {
      continue;
    }
    for (const [method, { parameters }] of Object.entries(methods)) {
      expect(parameters?.filter((one) => one.in === "header").map(({ name }) => name)).toEqual([
        "X-WatchLLM-Key",
        "X-WatchLLM-User",
        "X-WatchLLM-Session",
        "traceparent",
        "X-WatchLLM-Cache-Mode",
        "X-WatchLLM-Cache-TTL",
        "Cache-Control",
        "X-WatchLLM-Omit-Request",
        "X-WatchLLM-Omit-Response",
        "X-WatchLLM-Explain",
      ]);
      expect(Object.keys(raw.paths[path][method].responses[200].headers)).toEqual([
        "X-WatchLLM-Event-Id",
        "X-WatchLLM-Cache",
        "X-WatchLLM-Provider",
        "X-WatchLLM-Cost-USD",
        "Server-Timing",
      ]);
    }
  }
  for (const path of ["/v1beta/models", "/v1/models/{model_and_method}"]) {
    expect(read.paths).toHaveProperty([path]);
  }
  expect(Object.keys(read.paths["/proxy/{provider}/{path}"] ?? {}).sort())
    .toEqual(["delete", "get", "patch", "post", "put"]);
});

Deno.test("every answer parses with the schema that the document shows", async () => {
  await using db = await clickhouse.database();
  await using api = await testApi(db.store);
  const events = randomCalls({
    project: api.own.project.id,
    count: 300,
    seed: 41,
    from: now - 86_400_000,
    to: now,
  });
  await store(db.store, events);
  const id = encodeURIComponent(events[0]?.id ?? "");
  const answers: Record<string, z.ZodType> = {
    "/v1/analytics/stats": statsSchema,
    "/v1/analytics/stats?date_from=2026-01-01&date_to=2026-03-31": statsSchema,
    "/v1/analytics/timeseries": timeseriesSchema,
    "/v1/analytics/timeseries?period=7d&metric=cost&group_by=model": timeseriesSchema,
    "/v1/analytics/timeseries?period=1h&metric=latency&group_by=property.team": timeseriesSchema,
    "/v1/analytics/timeseries?date_from=2026-03-03&metric=p95&group_by=cache&top=2":
      timeseriesSchema,
    "/v1/analytics/stats?period=1h&compare=previous": statsSchema,
    "/v1/analytics/breakdown?by=model": breakdownSchema,
    "/v1/analytics/breakdown?by=user&order=requests&limit=3&compare=previous": breakdownSchema,
    "/v1/analytics/breakdown?by=property.team&provider=openai": breakdownSchema,
    "/v1/analytics/properties": propertiesSchema,
    "/v1/analytics/logs?limit=7": logPageSchema,
    [`/v1/analytics/event/${id}`]: eventDetailSchema,
    "/v1/log": logEventsSchema,
    "/v1/log/proof": logProofSchema,
  };
  for (const [path, schema] of Object.entries(answers)) {
    const { status, body } = await api.get(path);
    expect([path, status]).toEqual([path, 200]);
    expect(schema.parse(body)).toEqual(body);
  }
  const { body: stats } = await api.get("/v1/analytics/stats");
  expect(stats.stats.total_requests).toBe(events.length);
  const { body: compared } = await api.get(
    "/v1/analytics/breakdown?by=status&period=6h&compare=previous",
  );
  const hours = (count: number) => new Date(now - count * 3_600_000).toISOString();
  expect(compared).toMatchObject({ date_from: hours(6), date_to: hours(0) });
  expect(compared.previous).toMatchObject({ date_from: hours(12), date_to: hours(6) });
  const refused = await api.get("/v1/analytics/breakdown?by=weather&limit=0");
  expect(refused.body.error.details.fields.map(({ field }: { field: string }) => field).sort())
    .toEqual(["by", "limit"]);
});

Deno.test("a project's keys are listed without their secrets", async () => {
  await using api = await testApi(emptyStore);
  const path = `/v1/projects/${api.own.project.id}/keys`;
  const answer = await api.send(path, { headers: { cookie: api.cookie } });
  const text = await answer.text();
  expect(JSON.parse(text).keys).toHaveLength(2);
  expect(text).not.toContain(api.own.key.slice(21));
  const projects = await api.send("/v1/projects", { headers: { cookie: api.cookie } });
  expect((await projects.json()).projects.map(({ name }: { name: string }) => name))
    .toEqual(["Own", "Foreign"]);
  const keyed = await api.send("/v1/projects", { headers: bearer(api.own.key) });
  expect((await keyed.json()).error.code).toBe("session_required");
});
