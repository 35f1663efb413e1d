/**
 * The parts of the web process, put together: from the stores to the handler's three halves (gateway,
 * API, pages). Nothing here listens; `run.ts` does.
 *
 * @module
 */
import { ulid } from "ulid";
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { systemClock } from "@/consumers/clock.ts";
import { patientKv } from "@/consumers/patient_kv.ts";
import { prove } from "@/consumers/proof.ts";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import { createOverview } from "@/core/analytics/overview/overview.ts";
import { failureReason } from "@/core/caught.ts";
import { createCacheAnalytics } from "@/core/analytics/cache_analytics.ts";
import { createCostAnalytics } from "@/core/analytics/cost_analytics.ts";
import { createCache } from "@/core/cache/cache.ts";
import { clickhouseIndex } from "@/core/cache/semantic/beyond/clickhouse_index.ts";
import { openOnnxModels } from "@/core/cache/semantic/embed/onnx/models.ts";
import { fetchOnnxRuntime } from "@/core/cache/semantic/embed/onnx/runtime.ts";
import { cacheSection } from "@/core/cache/settings.ts";
import type { Config } from "@/core/config.ts";
import { cacheProblems, createEmbedders } from "@/core/gateway/caching/embedders.ts";
import { createGateway, type Gateway } from "@/core/gateway/gateway.ts";
import { createKeyTrial } from "@/core/gateway/key_trial.ts";
import { providerProblems, providersSection } from "@/core/gateway/providers/custom.ts";
import { routingSection } from "@/core/gateway/routing/settings.ts";
import { createIdentity, type Identity } from "@/core/identity/identity.ts";
import type { MasterKey } from "@/core/identity/master_key.ts";
import { createTraceAnalytics } from "@/core/analytics/trace_analytics.ts";
import { createIngest } from "@/core/ingest/ingest.ts";
import type { LogWriter } from "@/core/log/contract.ts";
import type { KvHandles } from "@/core/log/kv.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { LogHealth } from "@/core/metrics/log_health.ts";
import { meteredWriter } from "@/core/metrics/metered_writer.ts";
import { createMetrics, type Metrics } from "@/core/metrics/metrics.ts";
import { createPriceBook } from "@/core/pricing/price_book.ts";
import { editable } from "@/core/settings/editable.ts";
import { createSectionBook } from "@/core/settings/settings.ts";
import { retentionSection } from "@/core/retention/settings.ts";
import { createVault } from "@/core/vault/vault.ts";
import { createSavedViews } from "@/core/saved_views/saved_views.ts";
import { createCallView } from "@/core/transcript/call_view.ts";
import { apiApp } from "@/routes/(_api)/app.ts";
import { clickhouseCheck, kvCheck } from "@/routes/(_api)/readiness.ts";
import type { Services } from "@/routes/(_http)/state.ts";
import { createAttending } from "./attending.ts";
import { createDemo } from "./demo.ts";
import { readDoc } from "./docs.ts";
import { createProjectLimits } from "./project_limits.ts";
import { consumersCheck, gaugeInstallation, logCheck } from "./operations.ts";
import { createReadiness } from "./readiness.ts";
import { createRetentionApi } from "./retention.ts";
import { createRepricing } from "./repricing.ts";
import { standingConnections } from "./standing_connections.ts";
import { waryStore } from "./wary_store.ts";

export interface PartsOptions {
  readonly config: Config;
  readonly kv: KvHandles;
  readonly store: ClickHouseStore;
  readonly masterKey: MasterKey;
  readonly version: string;
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
  /** Told of the partitions of each commit. */
  readonly onCommit: () => void;
  /** Whether no other process writes into the log. @default {false} */
  readonly alone?: boolean;
  /** Whether this process projects the log as well, draining it after commits. @default {false} */
  readonly drained?: boolean;
}

export interface Parts {
  readonly gateway: Gateway;
  readonly api: ReturnType<typeof apiApp>;
  readonly services: Services;
  readonly identity: Identity;
  readonly metrics: Metrics;
  readonly writer: LogWriter;
  /** Commits what waits. The stores stay the caller's. */
  close(): Promise<void>;
}

export async function createParts(options: PartsOptions): Promise<Parts> {
  const { config, masterKey, version, report, onCommit, drained = false } = options;
  const store = waryStore(options.store);
  const now = () => Date.now();
  const log = await openLog(options.kv);
  const kv = patient(options.kv);
  const metrics = createMetrics();
  const logHealth = new LogHealth();
  const writer = meteredWriter(
    createLogWriter({ kv: options.kv.write, ...log, onCommit }),
    metrics,
    () => performance.now(),
    logHealth,
  );
  const reader = createLogReader({ kv: kv.read, ...log });
  const analytics = createAnalytics(store);
  const overview = createOverview(store, analytics);
  const call = createCallView(store, analytics);
  const demo = createDemo({ kv: kv.write, writer, now, report });
  const views = createSavedViews({ kv: kv.write, now, newId: () => ulid(now()) });
  const identity = createIdentity({
    kv: kv.read,
    masterKey,
    adminPassword: config.WATCHLLM_ADMIN_PASSWORD,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    now,
  });
  const prices = createPriceBook({ kv: kv.read, log: writer, now, newId: () => ulid(now()) });
  const repricing = createRepricing({ kv: kv.read, store, log: writer, prices, now, report });
  const limits = createProjectLimits({
    kv: kv.read,
    log: writer,
    prices: prices.recent,
    now,
    newId: () => ulid(now()),
    warn: report,
  });
  const vault = createVault({
    kv: kv.read,
    masterKey,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    now,
    warn: report,
  });
  const addressRules = { allowPrivate: config.allowPrivateUpstreams };
  const providerBook = createSectionBook(providersSection, {
    kv: kv.read,
    log: writer,
    now,
    newId: () => ulid(now()),
  });
  const routingBook = createSectionBook(routingSection, {
    kv: kv.read,
    log: writer,
    now,
    newId: () => ulid(now()),
  });
  const keyTrial = createKeyTrial({
    upstreams: config.upstreams,
    rules: addressRules,
    fetch,
    clock: now,
    now: () => performance.now(),
  });
  const cacheBook = createSectionBook(cacheSection, {
    kv: kv.read,
    log: writer,
    now,
    newId: () => ulid(now()),
  });
  const onnx = await openOnnxModels(config.onnxModels, { runtime: fetchOnnxRuntime, now, report });
  const removals = { kv: kv.read, log: writer, now, newId: () => ulid(now()) };
  const retentionBook = createSectionBook(retentionSection, removals);
  const embedders = createEmbedders({
    upstreams: config.upstreams,
    providerKeys: config.providerKeys,
    keysOf: (project) => vault.keysOf(project),
    rules: addressRules,
    onnx,
  });
  const cacheAnalytics = createCacheAnalytics(store);
  const cache = createCache({
    kv: kv.read,
    log: writer,
    newId: () => ulid(now()),
    settings: cacheBook.recent,
    embedder: embedders.of,
    beyond: clickhouseIndex({ store, now }),
    decisionOf: cacheAnalytics.decision,
    now,
    random: Math.random,
    warn: report,
  });
  const traces = createTraceAnalytics(store);
  const gateway = createGateway({
    config,
    cache,
    vault,
    providers: providerBook.recent,
    routing: routingBook.recent,
    keys: identity.verifier,
    log: writer,
    prices: prices.recent,
    limits: limits.limiting,
    standingConnections,
    warn: report,
  });
  gaugeInstallation(metrics, { gateway, cache: cache.store, kv: kv.read, reader });

  const ingest = createIngest({
    log: writer,
    kv: kv.read,
    prices: prices.recent,
    now,
    report,
    alone: options.alone ?? false,
    onFeedback: ({ project, eventId, value }) => {
      if (value === 0) return;
      cache.teach(project, eventId, value > 0).catch((error: unknown) =>
        report("Feedback could not be brought to the cache", { reason: String(error) })
      );
    },
  });

  const reportFailure = (error: unknown, requestId: string) =>
    report("A request failed", { request_id: requestId, reason: failureReason(error) });
  const api = apiApp({
    analytics,
    overview,
    call,
    views,
    demo,
    costs: createCostAnalytics({ store, prices: prices.recent, now }),
    repricing,
    prices,
    traces,
    ingest,
    limits: limits.states,
    vault,
    keyTrial,
    providerSettings: providerBook.recent,
    cache,
    cacheAnalytics,
    addressRules,
    retention: createRetentionApi({ ...removals, store, cache }),
    sections: [
      editable(providerBook, (settings) => providerProblems(settings, addressRules)),
      limits.section,
      editable(cacheBook, (settings) => cacheProblems(settings, addressRules, onnx)),
      editable(routingBook),
      editable(retentionBook),
    ],
    projects: identity.projects,
    verifier: identity.verifier,
    sessions: identity.sessions,
    log: reader,
    proof: () => prove({ kv: kv.read, reader, store }),
    attending: createAttending({ kv, reader, store, now, drained }),
    checks: {
      kv: kvCheck(kv.read),
      log: logCheck(logHealth, options.kv.write, () => performance.now()),
      clickhouse: clickhouseCheck(store),
      consumers: consumersCheck(kv.read, reader, drained),
    },
    metrics,
    now,
    version,
    report: reportFailure,
  });
  const services: Services = {
    api: async (request) => await api.fetch(request),
    analytics,
    overview,
    traces,
    call,
    views,
    demo,
    projects: identity.projects,
    sessions: identity.sessions,
    signIn: identity.signIn,
    readiness: createReadiness({ config, kv: kv.read, reader, store, analytics, vault, now }),
    now,
    version,
    report: reportFailure,
    doc: readDoc,
  };
  return {
    gateway,
    api,
    services,
    identity,
    metrics,
    writer,
    async close() {
      await demo.close();
      await repricing.runs.close();
      await gateway.close();
      await limits.close();
      await ingest.close();
      await writer.close();
      await identity.verifier.idle();
      await prices.idle();
      await providerBook.idle();
      await routingBook.idle();
      await cache.idle();
      await cacheBook.idle();
      await retentionBook.idle();
      await embedders.close();
      onnx.close();
      await keyTrial.close();
      await vault.idle();
    },
  };
}

/** The log's writer has a way of its own with a store that is busy; all else waits for its turn. */
function patient({ write, read }: KvHandles): KvHandles {
  return {
    write: patientKv(write, systemClock, Math.random),
    read: patientKv(read, systemClock, Math.random),
  };
}
