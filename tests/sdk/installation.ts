/**
 * The way of a call in one process: the simulator on a port, the real gateway in front of it, a log in
 * a file, the consumers, and a database of the test's own.
 */
import { createGateway } from "@/core/gateway/gateway.ts";
import { readConfig } from "@/core/config.ts";
import type { LogWriter } from "@/core/log/contract.ts";
import type { KvHandles } from "@/core/log/kv.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { createClickHouseProjection } from "@/consumers/clickhouse/projection.ts";
import { prove } from "@/consumers/proof.ts";
import { registerConsumer } from "@/consumers/registry.ts";
import { runConsumers } from "@/consumers/run.ts";
import { simulatedProviders } from "@/tools/demo/start_product.ts";
import { type ServedSimulator, serveSimulator } from "@/tools/simulator/serve.ts";
import type { TestDatabase } from "../fixtures/clickhouse.ts";

export const key = `wl_test_SdkTestSdk12_${"s".repeat(43)}`;
export const project = "p_sdk";

export interface Installation extends AsyncDisposable {
  /** The gateway's address. */
  readonly url: string;
  readonly simulator: ServedSimulator;
  readonly kv: KvHandles;
  readonly writer: LogWriter;
  /** Rows of the project in the order of the calls, once that many are projected. */
  rows(count: number): Promise<Row[]>;
}

/** What the tests look at of `events`. Counts come as text: ClickHouse quotes 64 bits. */
export type Row = Record<string, unknown> & {
  readonly event_id: string;
  readonly status: string;
  readonly cost_usd: string | null;
};

export async function install(db: TestDatabase): Promise<Installation> {
  const directory = await Deno.makeTempDir({ prefix: "watchllm-sdk-" });
  const [write, read] = [
    await Deno.openKv(`${directory}/log.sqlite`),
    await Deno.openKv(`${directory}/log.sqlite`),
  ];
  const log = await openLog({ write, read });
  const writer = createLogWriter({ kv: write, ...log });
  const reader = createLogReader({ kv: read, ...log });
  const simulator = serveSimulator();
  const config = readConfig(simulatedProviders(simulator.url));
  if (!config.ok) throw new Error(config.detail);
  const gateway = createGateway({
    config: config.config,
    keys: {
      verify: (presented) =>
        presented === key ? { project, keyId: "SdkTestSdk12", environment: "test" } : null,
    },
    log: writer,
    warn: (message, details) => {
      throw new Error(`${message}: ${JSON.stringify(details)}`);
    },
  });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => gateway.handle(request),
  );
  await registerConsumer(
    write,
    { projection: "clickhouse", generation: 1, state: "active" },
    Date.now(),
  );
  const stop = new AbortController();
  const consuming = runConsumers({
    kv: write,
    reader,
    projectionOf: ({ generation }) =>
      createClickHouseProjection({
        store: db.store,
        generation,
        logGeneration: log.generation,
      }),
  }, stop.signal);

  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    simulator,
    kv: { write, read },
    writer,
    async rows(count) {
      await eventually(async () => {
        const proof = await prove({ kv: write, reader, store: db.store });
        return proof !== null && proof.complete && proof.total.appended >= count;
      });
      return await db.store.query<Row>(
        "SELECT * FROM events_g1 FINAL WHERE project_id = {project:String} ORDER BY timestamp, event_id",
        { project },
      );
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await gateway.close();
      await writer.close();
      stop.abort();
      await consuming;
      write.close();
      read.close();
      await simulator.close();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** Polls a condition until it holds; fails after half a minute. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!await condition()) {
    if (Date.now() > deadline) throw new Error("The condition did not come true in time");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
