/**
 * The supervisor behind `deno task start`: brings up the embedded ClickHouse (unless `CLICKHOUSE_URL`
 * names a server), migrates it, builds the dashboard's scripts, then keeps the consumers and the web
 * process running. It stops them in the opposite order, so that what was accepted is also projected.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Engine, startEmbedded } from "@/clickhouse/embedded/engine.ts";
import { behindGateway } from "@/clickhouse/embedded/niceness.ts";
import type { Config } from "@/core/config.ts";
import { type Child, type ChildOptions, keepRunning } from "./child.ts";
import { configuredServer } from "./clickhouse_target.ts";
import { claimDataDirectory } from "./data_directory.ts";
import { failure } from "./failure.ts";
import { freePort } from "./free_port.ts";
import { migrateWhenReachable } from "./migrate_when_reachable.ts";
import { reachable } from "./reachable.ts";
import { refusedCode } from "./refusal.ts";
import { noteRunning } from "./running.ts";
import { aborted, stopSignal } from "./stop_signal.ts";

const startHelp = `Starts everything: embedded ClickHouse, consumers, gateway and dashboard.

Usage: deno task start [--watch]

  --watch   restart what a changed file concerns
  --help    this text

Settings are environment variables; the README lists them.
`;

export interface StartDeps {
  readonly config: Config;
  /** Bundles the islands into a directory. */
  readonly buildUi: (outDir: string) => Promise<void>;
  readonly say: (line: string) => void;
}

/** Runs until it is told to stop. Resolves to the exit code. */
export async function start(args: readonly string[], deps: StartDeps): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { watch: { type: "boolean" }, help: { type: "boolean" } },
  });
  const { config, say } = deps;
  if (values.help) {
    say(startHelp);
    return 0;
  }
  const startedAt = Date.now();
  const stopping = stopSignal({ supervised: false });
  const dataDir = resolve(config.WATCHLLM_DATA_DIR);
  const claim = await claimDataDirectory(dataDir);
  if (!claim.ok) {
    say(claim.message);
    stopping.dispose();
    return 1;
  }
  let engine: Engine | undefined;
  let web: Child | undefined;
  let consumers: Child | undefined;
  let watcher: Deno.FsWatcher | undefined;
  let forget: (() => Promise<void>) | undefined;
  try {
    const port = freePort(config.WATCHLLM_HOST, config.WATCHLLM_PORT);
    const building = deps.buildUi(join(dataDir, "ui"));
    // Awaited below: until then a failure must not end the process before it has tidied up.
    building.catch(() => {});
    const store = configuredServer(config) ??
      (engine = await startEngine(dataDir, stopping.signal, say));
    await building;
    const url = `http://${reachable(config.WATCHLLM_HOST)}:${port}`;
    const { user, password, database } = store;
    forget = await noteRunning(dataDir, {
      url,
      clickhouse: { url: store.url, user, password, database },
    });
    const env = {
      WATCHLLM_DATA_DIR: dataDir,
      WATCHLLM_PORT: String(port),
      CLICKHOUSE_URL: store.url,
      CLICKHOUSE_USER: store.user,
      CLICKHOUSE_PASSWORD: store.password,
      CLICKHOUSE_DATABASE: store.database,
    };
    const refused = new AbortController();
    const onRefused = () => refused.abort();
    const supervised = { say, stopping: stopping.signal, onRefused };
    const startWeb = () => child("web", env, supervised, `--started-at=${startedAt}`);
    // Calls are served while a server elsewhere is away; there is nothing to project into.
    const onAway = () => web = startWeb();
    await migrateWhenReachable({ server: store, ...supervised, onAway });
    if (!stopping.signal.aborted) {
      consumers = child("consumers", env, supervised);
      web ??= startWeb();
    }
    if (values.watch) {
      watcher = Deno.watchFs(watchedFolders());
      restartOnChange(watcher, async () => {
        await deps.buildUi(join(dataDir, "ui"));
        await consumers?.restart();
        await web?.restart();
      }, say);
    }
    await aborted(AbortSignal.any([stopping.signal, refused.signal]));
    return refused.signal.aborted ? refusedCode : 0;
  } catch (error) {
    say(failure(error));
    return 1;
  } finally {
    watcher?.close();
    // The web process first: what it still accepts is committed before the consumers go.
    await web?.stop();
    await consumers?.stop();
    await engine?.stop();
    await forget?.();
    claim.release();
    stopping.dispose();
  }
}

function startEngine(
  dataDir: string,
  stopping: AbortSignal,
  say: (line: string) => void,
): Promise<Engine> {
  return startEmbedded({
    dataDir: join(dataDir, "clickhouse"),
    log: (line) => say(`clickhouse: ${line}`),
    onState: (state) => {
      if (state.state !== "restarting" || stopping.aborted) return;
      say(`clickhouse: started again (${state.reason})`);
    },
  });
}

/** Calls are short-lived: a young generation of this size is collected before it grows the process. */
const webHeap = "--v8-flags=--max-semi-space-size=8";

function child(
  role: "web" | "consumers",
  env: Record<string, string>,
  { say, stopping, onRefused }: Pick<ChildOptions, "say" | "stopping" | "onRefused">,
  ...args: string[]
): Child {
  const main = new URL("../main.ts", import.meta.url).href;
  return keepRunning({
    name: role,
    args: ["run", "-A", ...(role === "web" ? [webHeap] : []), main, role, "--supervised"],
    firstArgs: args,
    env,
    niceness: role === "web" ? 0 : behindGateway,
    say,
    stopping,
    ...(onRefused && { onRefused }),
  });
}

function watchedFolders(): string[] {
  return ["core", "routes", "islands", "components", "static", "consumers", "clickhouse", "main.ts"]
    .map((name) => new URL(`../${name}`, import.meta.url).pathname);
}

/** Waits for a pause after the last change, so that saving many files restarts once. */
async function restartOnChange(
  watcher: Deno.FsWatcher,
  restart: () => Promise<void>,
  say: (line: string) => void,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  for await (const event of watcher) {
    if (event.kind === "access") continue;
    clearTimeout(timer);
    timer = setTimeout(() => {
      say("A file changed: starting again");
      restart().catch((error) => say(String(error)));
    }, 200);
  }
  clearTimeout(timer);
}
