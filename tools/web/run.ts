/**
 * The web process: gateway, API and dashboard on one port. Started by the supervisor, or alone against a
 * ClickHouse that `CLICKHOUSE_URL` names.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createNudger, nudgePath } from "@/consumers/nudge.ts";
import type { Config } from "@/core/config.ts";
import { providers } from "@/core/gateway/providers/table.ts";
import { listening } from "../free_port.ts";
import { pagesDir } from "../pages_dir.ts";
import { aborted, stopSignal } from "../stop_signal.ts";
import { openClickHouse, openKv } from "../stores.ts";
import { banner } from "./banner.ts";
import { openWeb } from "./open.ts";
import { onServerError } from "./server_error.ts";
import { shutDown } from "./shut_down.ts";

export interface WebDeps {
  readonly config: Config;
  readonly version: string;
  readonly say: (line: string) => void;
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

const knownKeyNames = [...new Set([...providers.values()].flatMap(({ keyNames }) => keyNames))];

/** Serves until it is told to stop. Resolves to the exit code. */
export async function runWeb(args: readonly string[], deps: WebDeps): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { supervised: { type: "boolean" }, "started-at": { type: "string" } },
  });
  const { config, version, say, report } = deps;
  const { supervised = false } = values;
  const stopping = stopSignal({ supervised });
  const dataDir = resolve(config.WATCHLLM_DATA_DIR);

  using kv = await openKv(config);
  const store = openClickHouse(config);
  using nudger = createNudger(nudgePath(dataDir));
  const web = await openWeb({
    config,
    kv,
    store,
    version,
    uiDir: supervised ? join(dataDir, "ui") : pagesDir,
    report,
    onCommit: () => nudger.nudge(),
    // The supervisor has locked the data directory, and of its processes this one alone takes events.
    alone: supervised,
  });
  if (!web.ok) {
    say(web.detail);
    await store.close();
    stopping.dispose();
    return 2;
  }
  if (web.warning) say(web.warning);
  const { parts } = web;
  const { WATCHLLM_HOST: hostname, WATCHLLM_PORT: port } = config;
  const onError = onServerError(report);
  const server = listening(
    hostname,
    port,
    () => Deno.serve({ hostname, port, onListen: () => {}, onError }, web.handler),
  );
  for (
    const line of banner({
      address: server.addr,
      startedAt: Number(values["started-at"] ?? Number.NaN),
      madeKey: web.madeKey,
      link: parts.services.signIn.hasPassword ? null : await parts.identity.signIn.createLink(),
      // Keys of what is no provider are none of ours.
      providers: knownKeyNames.filter((name) => config.providerKeys.has(name)),
    })
  ) say(line);

  await aborted(stopping.signal);
  await shutDown({ server, stop: () => parts.gateway.stop() });
  await parts.close();
  await store.close();
  stopping.dispose();
  return 0;
}
