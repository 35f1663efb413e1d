/**
 * The whole API over real parts: ClickHouse, a log and identity in memory, two projects with a key each, a
 * revoked key and a session.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import type { Proof } from "@/consumers/proof.ts";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import { createCacheAnalytics } from "@/core/analytics/cache_analytics.ts";
import { createOverview } from "@/core/analytics/overview/overview.ts";
import { createCostAnalytics } from "@/core/analytics/cost_analytics.ts";
import type { Store } from "@/core/analytics/store.ts";
import { createCache } from "@/core/cache/cache.ts";
import { cacheSection } from "@/core/cache/settings.ts";
import { noOnnxModels } from "@/core/cache/semantic/embed/onnx/models.ts";
import { cacheProblems } from "@/core/gateway/caching/embedders.ts";
import { createKeyTrial } from "@/core/gateway/key_trial.ts";
import { providerProblems, providersSection } from "@/core/gateway/providers/custom.ts";
import { sessionCookie } from "@/core/identity/cookie.ts";
import type { Project } from "@/core/identity/types.ts";
import { createTraceAnalytics } from "@/core/analytics/trace_analytics.ts";
import { createIngest } from "@/core/ingest/ingest.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import type { LogWriter } from "@/core/log/contract.ts";
import { createMetrics, type Metrics } from "@/core/metrics/metrics.ts";
import { createPriceBook } from "@/core/pricing/price_book.ts";
import { editable } from "@/core/settings/editable.ts";
import { createSectionBook } from "@/core/settings/settings.ts";
import type { Vault } from "@/core/vault/types.ts";
import { createVault } from "@/core/vault/vault.ts";
import { createSavedViews } from "@/core/saved_views/saved_views.ts";
import { createCallView } from "@/core/transcript/call_view.ts";
import { createDemo } from "@/tools/web/demo.ts";
import { createProjectLimits } from "@/tools/web/project_limits.ts";
import { createRepricing } from "@/tools/web/repricing.ts";
import { apiApp } from "@/routes/(_api)/app.ts";
import type { ApiDeps } from "@/routes/(_api)/context.ts";
import { random, type TestIdentity, testIdentity } from "@/tests/identity/fixture.ts";
import { testMasterKey } from "@/tests/vault/fixture.ts";

export const now = Date.UTC(2026, 2, 4, 10, 0, 0);
export const origin = "http://w.example";

const noAmounts = { calls: 0, spans: 0, scores: 0, bodies: 0, body_bytes: 0 };

export const emptyProof: Proof = {
  consumer: "clickhouse@1",
  generation: 1,
  partitions: [],
  total: {
    appended: 0,
    projected: 0,
    demo: 0,
    dead_lettered: 0,
    repeated: 0,
    skipped: 0,
    trimmed: 0,
    removed: 0,
    pending: 0,
    stored: 0,
  },
  complete: true,
};

export interface TestApi extends AsyncDisposable {
  readonly app: ReturnType<typeof apiApp>;
  readonly identity: TestIdentity;
  readonly vault: Vault;
  readonly log: LogWriter;
  readonly metrics: Metrics;
  readonly own: { readonly project: Project; readonly key: string };
  readonly foreign: { readonly project: Project; readonly key: string };
  readonly revokedKey: string;
  /** A `Cookie` header. */
  readonly cookie: string;
  /** What was reported as unexpected. */
  readonly reported: unknown[];
  /** Sends a request; the body is JSON unless it is text. */
  send(path: string, init?: Send): Promise<Response>;
  /** With the own project's key; the parsed answer. */
  get(path: string): Promise<{ readonly status: number; readonly body: Json }>;
}

// deno-lint-ignore no-explicit-any -- answers are looked into freely; their schemas have a test of their own
export type Json = any;

export interface Send {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export async function testApi(
  store: Store | ClickHouseStore,
  overrides: Partial<ApiDeps> = {},
): Promise<TestApi> {
  const identity = await testIdentity({ password: "correct horse" });
  const { kv } = identity;
  const log = await openLog({ write: kv, read: kv }, { partitions: 1 });
  const writer = createLogWriter({ kv, ...log });
  const metrics = createMetrics();
  const reported: unknown[] = [];
  const prices = createPriceBook({
    kv,
    log: writer,
    now: () => now,
    newId: () => crypto.randomUUID(),
  });
  const vault = createVault({ kv, masterKey: testMasterKey, random, now: () => now });
  const addressRules = { allowPrivate: true };
  const providerBook = createSectionBook(providersSection, {
    kv,
    log: writer,
    now: () => now,
    newId: () => crypto.randomUUID(),
  });
  const cacheBook = createSectionBook(cacheSection, {
    kv,
    log: writer,
    now: () => now,
    newId: () => crypto.randomUUID(),
  });
  const cacheAnalytics = createCacheAnalytics(store);
  const cache = createCache({
    kv,
    log: writer,
    newId: () => crypto.randomUUID(),
    settings: cacheBook.recent,
    embedder: () => null,
    decisionOf: cacheAnalytics.decision,
    now: () => now,
    random: Math.random,
    warn: (message) => reported.push(message),
  });
  const keyTrial = createKeyTrial({
    // Nobody listens there.
    upstreams: new Map([["openai", new URL("http://127.0.0.1:9")]]),
    rules: addressRules,
    fetch: () => Promise.reject(new Error("No network in tests")),
    clock: () => now,
    now: () => performance.now(),
  });
  const limits = createProjectLimits({
    kv,
    log: writer,
    prices: prices.recent,
    now: () => now,
    newId: () => crypto.randomUUID(),
    warn: (message) => reported.push(message),
  });
  const repricing = createRepricing({
    kv,
    store,
    log: writer,
    prices,
    now: () => now,
    report: (message) => reported.push(message),
  });
  const app = apiApp({
    ...identity,
    vault,
    keyTrial,
    providerSettings: providerBook.recent,
    cache,
    cacheAnalytics,
    addressRules,
    sections: [
      editable(providerBook, (settings) => providerProblems(settings, addressRules)),
      limits.section,
      editable(cacheBook, (settings) => cacheProblems(settings, addressRules, noOnnxModels)),
      limits.section,
    ],
    limits: limits.states,
    analytics: createAnalytics(store),
    overview: createOverview(store, createAnalytics(store)),
    call: createCallView(store, createAnalytics(store)),
    demo: createDemo({
      kv,
      writer,
      now: () => now,
      report: (message) => reported.push(message),
      size: { days: 1, rate: 10 },
    }),
    views: createSavedViews({ kv, now: () => now, newId: () => crypto.randomUUID() }),
    repricing,
    costs: createCostAnalytics({ store, prices: prices.recent, now: () => now }),
    prices,
    traces: createTraceAnalytics(store),
    ingest: createIngest({
      log: writer,
      kv,
      prices: prices.recent,
      now: () => now,
      report: (message) => reported.push(message),
      onFeedback: ({ project, eventId, value }) => {
        cache.teach(project, eventId, value > 0).catch((error) => reported.push(error));
      },
    }),
    log: createLogReader({ kv, ...log }),
    proof: () => Promise.resolve(emptyProof),
    retention: {
      before: () => Promise.resolve(noAmounts),
      cuts: () => Promise.resolve({ calls_before: null, bodies_before: null }),
      removed: () => Promise.resolve({ total: noAmounts, latest: [] }),
      pass: () => Promise.resolve(null),
      of: () => Promise.resolve(noAmounts),
      erase: () => Promise.resolve(),
    },
    attending: {
      lags: () => Promise.resolve([]),
      letters: () => Promise.resolve([]),
      replay: () => Promise.resolve({ replayed: 0, left: 0 }),
    },
    checks: {},
    metrics,
    now: () => now,
    version: "0.0.0",
    report: (error) => reported.push(error),
    ...overrides,
  });

  const own = await identity.projects.create("Own");
  identity.pass(1);
  const foreign = await identity.projects.create("Foreign");
  const revoked = await identity.projects.issueKey(own.project.id);
  await identity.projects.revokeKey(own.project.id, revoked?.info.key_id ?? "");
  const { token } = await identity.sessions.create();

  const send = async (path: string, { method = "GET", headers = {}, body }: Send = {}) =>
    await app.request(`${origin}${path}`, {
      method,
      headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });

  return {
    app,
    identity,
    vault,
    log: writer,
    metrics,
    reported,
    own: { project: own.project, key: own.issued.key },
    foreign: { project: foreign.project, key: foreign.issued.key },
    revokedKey: revoked?.key ?? "",
    cookie: sessionCookie(token, false).split(";")[0] ?? "",
    send,
    async get(path) {
      const answer = await send(path, { headers: bearer(own.issued.key) });
      return { status: answer.status, body: await answer.json() };
    },
    async [Symbol.asyncDispose]() {
      await repricing.runs.close();
      await limits.close();
      await prices.idle();
      await providerBook.idle();
      await cache.idle();
      await cacheBook.idle();
      await keyTrial.close();
      await vault.idle();
      await writer.close();
      await identity[Symbol.asyncDispose]();
    },
  };
}

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** A ClickHouse without a row, for tests that ask for none. */
export const emptyStore: Store = {
  query: () => Promise.resolve([]),
  async *stream() {},
};
