/**
 * Who may do what, for every route that exists: the table is checked against the app's own routes, so a
 * new route without a row fails here.
 */
import { expect } from "expect";
import { makeKey } from "@/core/identity/key_format.ts";
import type { Demo, DemoState } from "@/routes/(_api)/demo.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { callEvent, store } from "@/tests/analytics/seed.ts";
import { random } from "@/tests/identity/fixture.ts";
import { bearer, emptyStore, origin, type Send, type TestApi, testApi } from "./fixture.ts";

const clickhouse = useClickHouse();

/** `key`: a project's key alone; `project`: the key or a session. */
type Access = "public" | "key" | "project" | "session";

interface Row {
  readonly access: Access;
  readonly path: (api: TestApi, id: string) => string | Promise<string>;
  readonly body?: unknown;
  /** The answer to who may. */
  readonly allowed: number;
}

const fixed = (path: string) => () => path;

const providerKey = { provider: "openai", credential: { kind: "api_key", key: "sk-x" } };

/** The path of a provider key that the project has. */
async function keptKey({ vault }: TestApi, id: string): Promise<string> {
  const added = await vault.add(id, {
    provider: "openai",
    credential: { kind: "api_key", key: "sk-x" },
  });
  return `/v1/projects/${id}/provider-keys/${added?.key_id}`;
}

/** The path of a view that the project has saved. */
async function savedView({ send, cookie }: TestApi, id: string): Promise<string> {
  const path = `/v1/projects/${id}/views`;
  const answer = await send(path, sent("POST", { cookie, origin }, view));
  return `${path}/${(await answer.json()).id}`;
}

const view = { name: "Errors", path: "/dashboard/requests?status=error" };
const observation = { type: "prompt_call", model: "gpt-4o" };
const heliconeLog = {
  providerRequest: { url: "https://api.example/v1", json: { model: "own" }, meta: {} },
  providerResponse: { status: 200, headers: {}, json: {} },
  timing: {
    startTime: { seconds: 1_772_000_000, milliseconds: 0 },
    endTime: { seconds: 1_772_000_001, milliseconds: 0 },
  },
};

/** What the rows that name something of a project find: everything has the one id. */
function ofProject(id: string) {
  return callEvent({ id: `of-${id}`, project: id }, {
    trace_id: `of-${id}`,
    span_id: `of-${id}`,
    session_id: `of-${id}`,
    user_id: `of-${id}`,
    span: {
      kind: "call",
      name: "chat",
      start_us: Date.UTC(2026, 2, 1, 10) * 1_000,
      status_message: null,
      level: null,
      service: null,
      scope: null,
      environment: null,
      release: null,
      tags: [],
      attributes: {},
      unmapped: [],
    },
  });
}

/** `id` is a project's id. */
const table: Readonly<Record<string, Row>> = {
  "GET /v1/analytics/stats": row("project", fixed("/v1/analytics/stats")),
  "GET /v1/analytics/timeseries": row("project", fixed("/v1/analytics/timeseries")),
  "GET /v1/analytics/breakdown": row("project", fixed("/v1/analytics/breakdown?by=model")),
  "GET /v1/analytics/properties": row("project", fixed("/v1/analytics/properties")),
  "GET /v1/analytics/logs": row("project", fixed("/v1/analytics/logs")),
  "GET /v1/analytics/export": row("project", fixed("/v1/analytics/export")),
  "GET /v1/analytics/event/:event_id": row("project", (_, id) => `/v1/analytics/event/of-${id}`),
  "GET /v1/analytics/event/:event_id/call": row(
    "project",
    (_, id) => `/v1/analytics/event/of-${id}/call`,
  ),
  "GET /v1/analytics/recorded": row(
    "project",
    (_, id) => `/v1/analytics/recorded?event_id=of-${id}`,
  ),
  "GET /v1/analytics/overview": row("project", fixed("/v1/analytics/overview")),
  "GET /v1/analytics/traces": row("project", fixed("/v1/analytics/traces")),
  "GET /v1/analytics/traces/:trace_id": row("project", (_, id) => `/v1/analytics/traces/of-${id}`),
  "GET /v1/analytics/spans/:event_id": row("project", (_, id) => `/v1/analytics/spans/of-${id}`),
  "GET /v1/analytics/sessions": row("project", fixed("/v1/analytics/sessions")),
  "GET /v1/analytics/sessions/:session_id": row(
    "project",
    (_, id) => `/v1/analytics/sessions/of-${id}`,
  ),
  "GET /v1/analytics/users": row("project", fixed("/v1/analytics/users")),
  "GET /v1/analytics/users/:user_id": row("project", (_, id) => `/v1/analytics/users/of-${id}`),
  "GET /v1/analytics/models": row("project", fixed("/v1/analytics/models")),
  "GET /v1/analytics/tools": row("project", fixed("/v1/analytics/tools")),
  "GET /v1/analytics/scores": row("project", fixed("/v1/analytics/scores")),
  "GET /v1/analytics/unmapped-attributes": row(
    "project",
    fixed("/v1/analytics/unmapped-attributes"),
  ),
  "GET /v1/analytics/unpriced": row("project", fixed("/v1/analytics/unpriced")),
  "GET /v1/analytics/counterfactual": row(
    "project",
    fixed("/v1/analytics/counterfactual?model=openai%2Fgpt-4o"),
  ),
  "GET /v1/analytics/reprice": row("project", fixed("/v1/analytics/reprice")),
  "GET /v1/projects/:id/reprice": row("session", (_, id) => `/v1/projects/${id}/reprice`),
  "POST /v1/projects/:id/reprice": {
    ...row("session", (_, id) => `/v1/projects/${id}/reprice`, 202),
    body: { date_from: "2026-03-01", date_to: "2026-03-04" },
  },
  "DELETE /v1/projects/:id/reprice": row("session", (_, id) => `/v1/projects/${id}/reprice`),
  "GET /v1/analytics/forecast": row("project", fixed("/v1/analytics/forecast")),
  "GET /v1/cache/stats": row("project", fixed("/v1/cache/stats")),
  "GET /v1/cache/misses": row("project", fixed("/v1/cache/misses")),
  "GET /v1/cache/entries": row("project", fixed("/v1/cache/entries")),
  "GET /v1/cache/policy": row("project", fixed("/v1/cache/policy")),
  "POST /v1/cache/invalidate": {
    ...row("project", fixed("/v1/cache/invalidate")),
    body: { all: true },
  },
  "GET /v1/log": row("project", fixed("/v1/log")),
  "GET /v1/log/proof": row("project", fixed("/v1/log/proof")),
  "GET /v1/projects": row("session", fixed("/v1/projects")),
  "POST /v1/projects": { ...row("session", fixed("/v1/projects"), 201), body: { name: "New" } },
  "GET /v1/projects/:id/limits": row("project", (_, id) => `/v1/projects/${id}/limits`),
  "GET /v1/projects/:id/retention": row("session", (_, id) => `/v1/projects/${id}/retention`),
  "POST /v1/projects/:id/settings/retention/preview": {
    ...row("session", (_, id) => `/v1/projects/${id}/settings/retention/preview`),
    body: { settings: { calls_days: 30 } },
  },
  "POST /v1/projects/:id/erasures": {
    ...row("session", (_, id) => `/v1/projects/${id}/erasures`),
    body: { user_id: "somebody", dry_run: true },
  },
  "GET /v1/projects/:id/keys": row("session", (_, id) => `/v1/projects/${id}/keys`),
  "POST /v1/projects/:id/keys": {
    ...row("session", (_, id) => `/v1/projects/${id}/keys`, 201),
    body: {},
  },
  "DELETE /v1/projects/:id/keys/:key_id": row(
    "session",
    (api, id) =>
      `/v1/projects/${id}/keys/${
        (id === api.foreign.project.id ? api.foreign : api.own).key.slice(8, 20)
      }`,
    204,
  ),
  "GET /v1/projects/:id/prices": row("session", (_, id) => `/v1/projects/${id}/prices`),
  "PUT /v1/projects/:id/prices": {
    ...row("session", (_, id) => `/v1/projects/${id}/prices`),
    body: { prices: [] },
  },
  "GET /v1/projects/:id/provider-keys": row(
    "session",
    (_, id) => `/v1/projects/${id}/provider-keys`,
  ),
  "POST /v1/projects/:id/provider-keys": {
    ...row("session", (_, id) => `/v1/projects/${id}/provider-keys`, 201),
    body: providerKey,
  },
  "PATCH /v1/projects/:id/provider-keys/:key_id": {
    ...row("session", keptKey, 200),
    body: { name: "Other" },
  },
  "POST /v1/projects/:id/provider-keys/:key_id/test": row(
    "session",
    async (api, id) => `${await keptKey(api, id)}/test`,
  ),
  "DELETE /v1/projects/:id/provider-keys/:key_id": row("session", keptKey, 204),
  "GET /v1/projects/:id/settings/:section": row(
    "session",
    (_, id) => `/v1/projects/${id}/settings/providers`,
  ),
  "PUT /v1/projects/:id/settings/:section": {
    ...row("session", (_, id) => `/v1/projects/${id}/settings/providers`),
    body: { settings: {} },
  },
  "GET /v1/projects/:id/demo": row("session", (_, id) => `/v1/projects/${id}/demo`),
  "POST /v1/projects/:id/demo": row("session", (_, id) => `/v1/projects/${id}/demo`, 202),
  "DELETE /v1/projects/:id/demo": row("session", (_, id) => `/v1/projects/${id}/demo`),
  "GET /v1/projects/:id/views": row("session", (_, id) => `/v1/projects/${id}/views`),
  "POST /v1/projects/:id/views": {
    ...row("session", (_, id) => `/v1/projects/${id}/views`, 201),
    body: view,
  },
  "DELETE /v1/projects/:id/views/:view_id": row("session", savedView, 204),
  "POST /v1/events": { ...row("key", fixed("/v1/events"), 201), body: observation },
  "POST /v1/events/batch": {
    ...row("key", fixed("/v1/events/batch"), 201),
    body: { events: [observation] },
  },
  "POST /v1/feedback": {
    ...row("key", fixed("/v1/feedback"), 201),
    body: { event_id: "of-somebody", rating: "up" },
  },
  "POST /v1/projects/:project_id/events": {
    ...row("key", (_, id) => `/v1/projects/${id}/events`, 201),
    body: observation,
  },
  "POST /v1/traces": { ...row("key", fixed("/v1/traces")), body: { resourceSpans: [] } },
  "POST /api/public/otel/v1/traces": {
    ...row("key", fixed("/api/public/otel/v1/traces")),
    body: { resourceSpans: [] },
  },
  // Switched off in the same words for everybody: exporters come without being asked.
  "POST /v1/metrics": row("public", fixed("/v1/metrics"), 501),
  "POST /v1/logs": row("public", fixed("/v1/logs"), 501),
  "POST /api/public/otel/v1/metrics": row("public", fixed("/api/public/otel/v1/metrics"), 501),
  "POST /api/public/otel/v1/logs": row("public", fixed("/api/public/otel/v1/logs"), 501),
  "POST /api/public/ingestion": {
    ...row("key", fixed("/api/public/ingestion"), 207),
    body: { batch: [] },
  },
  "POST /custom/v1/log": { ...row("key", fixed("/custom/v1/log")), body: heliconeLog },
  "POST /v1/trace/custom/v1/log": {
    ...row("key", fixed("/v1/trace/custom/v1/log")),
    body: heliconeLog,
  },
  "POST /v1/log/request": { ...row("key", fixed("/v1/log/request")), body: heliconeLog },
  "POST /oai/v1/log": { ...row("key", fixed("/oai/v1/log")), body: heliconeLog },
  "POST /anthropic/v1/log": { ...row("key", fixed("/anthropic/v1/log")), body: heliconeLog },
  "GET /v1/operations/health": row("session", fixed("/v1/operations/health")),
  "GET /v1/operations/dead-letters": row("session", fixed("/v1/operations/dead-letters")),
  "POST /v1/operations/dead-letters": row("session", fixed("/v1/operations/dead-letters")),
  "GET /v1/providers": row("public", fixed("/v1/providers")),
  "GET /healthz": row("public", fixed("/healthz")),
  "GET /readyz": row("public", fixed("/readyz")),
  "GET /metrics": row("public", fixed("/metrics")),
  "GET /v1/openapi.json": row("public", fixed("/v1/openapi.json")),
};

function row(access: Access, path: Row["path"], allowed = 200): Row {
  return { access, path, allowed };
}

Deno.test("every route of the app has a row, and every row has a route", async () => {
  await using api = await testApi(emptyStore);
  const routes = api.app.routes.filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path}`);
  expect([...new Set(routes)].sort()).toEqual(Object.keys(table).sort());
});

/** Access alone is looked at: no history is made up behind the test. */
const demo: Demo = { state: empty, fill: empty, remove: empty };

function empty(): Promise<DemoState> {
  return Promise.resolve({ phase: "none", events: 0, expected: null });
}

/** Exporters are told in the words of `google.rpc.Status`, everybody else in ours. */
function isRefusal(name: string, text: string): boolean {
  const body = JSON.parse(text);
  if (name.endsWith("/v1/traces") && name.startsWith("POST")) return body.code === 16;
  return /^(key_|session_|otlp_signal$)/.test(body.error.code);
}

/** What each caller must be answered. */
function expected({ access, allowed }: Row, caller: string): number {
  if (access === "public") return allowed;
  if (access === "session") return caller === "cookie" ? allowed : 401;
  if (access === "key") return caller === "key" ? allowed : 401;
  return caller === "key" || caller === "cookie" ? allowed : 401;
}

Deno.test("every route answers every caller as it must", async () => {
  await using db = await clickhouse.database();
  for (const [name, route] of Object.entries(table)) {
    await using api = await testApi(db.store, { demo });
    const { id } = api.own.project;
    await store(db.store, [ofProject(id)]);
    const method = name.split(" ")[0] ?? "";
    const callers: Record<string, Record<string, string>> = {
      anonymous: {},
      "wrong key": bearer(makeKey("live", random)),
      "no key": bearer("sk-something"),
      "wrong secret": bearer(api.own.key.slice(0, 21) + api.foreign.key.slice(21)),
      "revoked key": bearer(api.revokedKey),
      "wrong cookie": { cookie: "wl_session=made-up", origin },
      key: bearer(api.own.key),
      cookie: { cookie: api.cookie, origin },
    };
    for (const [caller, headers] of Object.entries(callers)) {
      const answer = await api.send(await route.path(api, id), sent(method, headers, route.body));
      const status = answer.status;
      const text = await answer.text();
      expect([name, caller, status]).toEqual([name, caller, expected(route, caller)]);
      if (status >= 400) expect([name, text, isRefusal(name, text)]).toEqual([name, text, true]);
    }
    expect(api.reported).toEqual([]);
  }
});

Deno.test("a foreign project answers as one that does not exist", async () => {
  await using db = await clickhouse.database();
  await using api = await testApi(db.store);
  const own = api.own.project.id;
  const foreign = api.foreign.project.id;
  await store(db.store, [ofProject(foreign), ofProject(own)]);
  const asked = async (name: string, path: string) => {
    const method = name.split(" ")[0] ?? "";
    const answer = await api.send(path, sent(method, bearer(api.own.key), table[name]?.body));
    const body = await answer.json();
    return [answer.status, answer.ok ? body : { ...body.error, request_id: "" }];
  };
  for (const [name, { access, path }] of Object.entries(table)) {
    if (access !== "project" && name !== "POST /v1/projects/:project_id/events") continue;
    const of = async (id: string) => {
      const asking = await path(api, id);
      return asked(name, `${asking}${asking.includes("?") ? "&" : "?"}project_id=${id}`);
    };
    expect([name, await of(foreign)]).toEqual([name, await of("nowhere")]);
    expect([name, (await of(foreign))[0]]).toEqual([name, 404]);
    // What is named in the path, and not by the project's own id, is as little there.
    if (!/:(event|trace|session|user)_id/.test(name)) continue;
    const named = async (id: string) => asked(name, await path(api, id));
    expect([name, await named(foreign)]).toEqual([name, await named("nowhere")]);
    expect([name, (await named(foreign))[0]]).toEqual([name, 404]);
    expect([name, (await named(own))[0]]).toEqual([name, 200]);
  }

  // The dashboard sees both, each under its own name.
  for (const { project } of [api.own, api.foreign]) {
    const answer = await api.send(`/v1/analytics/logs?project_id=${project.id}`, {
      headers: { cookie: api.cookie },
    });
    const { logs } = await answer.json();
    expect(logs.map(({ event_id }: { event_id: string }) => event_id)).toEqual([
      `of-${project.id}`,
    ]);
  }
});

Deno.test("a session is told of a project that does not exist", async () => {
  await using api = await testApi(emptyStore, { demo });
  for (const [name, { access, path, body }] of Object.entries(table)) {
    if (access !== "session" || !name.includes("/:id/")) continue;
    const at = (await path(api, api.own.project.id)).replace(api.own.project.id, "nowhere");
    const headers = { cookie: api.cookie, origin };
    const answer = await api.send(at, sent(name.split(" ")[0] ?? "", headers, body));
    await answer.body?.cancel();
    expect([name, answer.status]).toEqual([name, 404]);
  }
});

Deno.test("a key is taken from each of its headers, ours first", async () => {
  await using api = await testApi(emptyStore);
  const status = async (headers: Record<string, string>) => {
    const answer = await api.send("/v1/log", { headers });
    await answer.body?.cancel();
    return answer.status;
  };
  expect(await status({ "x-api-key": api.own.key })).toBe(200);
  expect(await status({ "x-goog-api-key": api.own.key })).toBe(200);
  expect(await status({ "X-WatchLLM-Key": api.own.key })).toBe(200);
  expect(await status({ authorization: `bearer ${api.own.key}` })).toBe(200);
  expect(await status({ ...bearer("sk-provider"), "X-WatchLLM-Key": api.own.key })).toBe(200);
  expect(await status({ authorization: api.own.key })).toBe(401);
  // A key that does not open is not helped by a cookie.
  expect(await status({ ...bearer("wrong"), cookie: api.cookie })).toBe(401);
});

Deno.test("changes with a cookie must come from the dashboard's own pages", async () => {
  await using api = await testApi(emptyStore, { demo });
  const sites = [null, "same-origin", "same-site", "cross-site", "none"];
  const origins = [null, origin, "http://evil.example", "null"];
  for (const [name, { access, path, body, allowed }] of Object.entries(table)) {
    const method = name.split(" ")[0] ?? "";
    if (access !== "session" || method === "GET") continue;
    for (const site of sites) {
      for (const from of origins) {
        const headers = {
          cookie: api.cookie,
          ...(site && { "sec-fetch-site": site }),
          ...(from && { origin: from }),
        };
        const answer = await api.send(
          await path(api, api.own.project.id),
          sent(method, headers, body),
        );
        await answer.body?.cancel();
        const own = site === null ? from === origin : site === "same-origin";
        expect([name, site, from, answer.status]).toEqual([name, site, from, own ? allowed : 403]);
      }
    }
  }
});

function sent(method: string, headers: Record<string, string>, body: unknown): Send {
  return { method, headers, ...(body !== undefined && { body }) };
}
