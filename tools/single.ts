/**
 * The whole product in one process, for platforms that run one: gateway, API and dashboard, and the
 * projection, which is drained after commits and whenever a clock outside asks. On Deno Deploy the log
 * is the database that the platform has assigned.
 *
 * @module
 */
import { createRoller } from "@/consumers/clickhouse/rollup.ts";
import { rollupsWhenDue } from "@/consumers/clickhouse/run_rollups.ts";
import { systemClock } from "@/consumers/clock.ts";
import { createDrainer, type Drainer } from "@/consumers/drainer.ts";
import { retentionWhenDue } from "@/consumers/retention/run.ts";
import { drain } from "@/consumers/run.ts";
import { errorMessage } from "@/core/caught.ts";
import type { Config } from "@/core/config.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import type { Handler } from "@/routes/(_http)/security_headers.ts";
import { createConsumers } from "./consume.ts";
import { listening } from "./free_port.ts";
import { pagesDir } from "./pages_dir.ts";
import { reachable } from "./reachable.ts";
import { Refusal, refusedCode } from "./refusal.ts";
import { retentionOf } from "./retention_parts.ts";
import { aborted, stopSignal } from "./stop_signal.ts";
import { openClickHouse, openKv } from "./stores.ts";
import { openWeb } from "./web/open.ts";
import { onServerError } from "./web/server_error.ts";
import { shutDown } from "./web/shut_down.ts";

export interface SingleDeps {
  readonly config: Config;
  readonly version: string;
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
  /** Whether the platform keeps the log, and nothing can be kept in files. */
  readonly onDeploy: boolean;
}

export interface Single extends AsyncDisposable {
  readonly handler: Handler;
  readonly drainer: Drainer;
  /** Breaks off the calls in flight, each with its event. */
  stop(): void;
}

/**
 * @throws {Error} with a sentence for the operator when the configuration does not suffice
 */
export async function openSingle(deps: SingleDeps): Promise<Single> {
  const { config, version, report, onDeploy } = deps;
  const missing = missingSettings(config, onDeploy);
  if (missing.length > 0) throw new Error(`Set ${missing.join(", ")}: one process needs them.`);
  const kv = await openKv(config, onDeploy);
  const store = openClickHouse(config);
  const consumers = await createConsumers({ kv, store, report });
  const roller = createRoller({ store, now: Date.now, random: Math.random });
  const makeSums = rollupsWhenDue({ roller, clock: systemClock, report });
  const reader = createLogReader({ kv: kv.read, ...await openLog(kv) });
  let retain: (signal: AbortSignal) => Promise<void> = () => Promise.resolve();
  const drainer = createDrainer({
    async drain(signal) {
      const drained = await drain(consumers, signal);
      await makeSums(signal);
      await retain(signal);
      return drained;
    },
    report,
  });
  const web = await openWeb({
    config,
    kv,
    store,
    version,
    uiDir: pagesDir,
    report,
    onCommit: () => drainer.soon(),
    drained: true,
  });
  if (!web.ok) throw new Error(web.detail);
  const look = retentionOf({ kv: kv.write, reader, log: web.parts.writer, store });
  retain = retentionWhenDue({ look, clock: systemClock, report });
  if (web.warning) report(web.warning, {});
  return {
    handler: web.handler,
    drainer,
    stop: () => web.parts.gateway.stop(),
    async [Symbol.asyncDispose]() {
      // It writes with the web half's writer.
      retain = () => Promise.resolve();
      await web.parts.close();
      await drainer.now();
      await drainer[Symbol.asyncDispose]();
      await store.close();
      kv[Symbol.dispose]();
    },
  };
}

/** Printed keys and links would end up in a platform's logs, so all secrets come from its settings. */
function missingSettings(config: Config, onDeploy: boolean): string[] {
  const needed = [
    "CLICKHOUSE_URL",
    "WATCHLLM_BOOTSTRAP_KEY",
    "WATCHLLM_ADMIN_PASSWORD",
    ...(onDeploy ? ["WATCHLLM_MASTER_KEY"] as const : []),
  ] as const;
  return needed.filter((name) => !config[name]);
}

/** How often this process drains by itself, beside the commits, when it is nobody's guest. */
const drainEveryMs = 60_000;

/** `main.ts single`: serves until it is told to stop. Resolves to the exit code. */
export async function runSingle(
  deps: SingleDeps & { readonly say: (line: string) => void },
): Promise<number> {
  const { config, say } = deps;
  const stopping = stopSignal({ supervised: false });
  try {
    await using single = await openSingle(deps);
    await single.drainer.now();
    const draining = setInterval(() => void single.drainer.now(), drainEveryMs);
    const { WATCHLLM_HOST: hostname, WATCHLLM_PORT: port } = config;
    const onError = onServerError(deps.report);
    const onListen = (address: { hostname: string; port: number }) =>
      say(`WatchLLM is ready at http://${reachable(address.hostname)}:${address.port}`);
    const server = listening(
      hostname,
      port,
      () => Deno.serve({ hostname, port, onListen, onError }, single.handler),
    );
    await aborted(stopping.signal);
    clearInterval(draining);
    await shutDown({ server, stop: () => single.stop() });
    return 0;
  } catch (error) {
    say(errorMessage(error));
    return error instanceof Refusal ? error.code : refusedCode;
  } finally {
    stopping.dispose();
  }
}

/** `main.ts build`: the pages, for a platform that builds before it runs. */
export async function build(buildUi: (outDir: string) => Promise<void>): Promise<number> {
  await buildUi(pagesDir);
  return 0;
}
