/**
 * The web process: gateway, API and dashboard on one port. Started by the supervisor, or alone against a
 * ClickHouse that `CLICKHOUSE_URL` names.
 *
 * @module
 */
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createNudger, nudgePath } from "@/consumers/nudge.ts";
import type { Config } from "@/core/config.ts";
import { loadMasterKey } from "@/core/identity/master_key.ts";
import { masterKeyFile } from "@/core/identity/master_key_file.ts";
import { withKeptPepper } from "@/core/identity/pepper.ts";
import { sealedWith } from "@/core/identity/seal.ts";
import { loadBuild } from "@/routes/(_http)/load_build.ts";
import { createPages } from "@/routes/(_http)/pages.ts";
import { aborted, stopSignal } from "../stop_signal.ts";
import { openClickHouse, openKv } from "../stores.ts";
import { banner } from "./banner.ts";
import { createHandler } from "./handler.ts";
import { createParts } from "./parts.ts";

export interface WebDeps {
  readonly config: Config;
  readonly version: string;
  readonly say: (line: string) => void;
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

const otherMasterKey =
  "The data directory was made with another master key: set WATCHLLM_MASTER_KEY to that one, or " +
  "use another WATCHLLM_DATA_DIR.";

/** How long calls in flight may take to end once the process was told to stop. */
const graceMs = 10_000;

/** Serves until it is told to stop. Resolves to the exit code. */
export async function runWeb(args: readonly string[], deps: WebDeps): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { supervised: { type: "boolean" }, "started-at": { type: "string" } },
  });
  const { config, version, say, report } = deps;
  const stopping = stopSignal({ supervised: values.supervised ?? false });
  const dataDir = resolve(config.WATCHLLM_DATA_DIR);
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

  const master = await loadMasterKey(config.WATCHLLM_MASTER_KEY, masterKeyFile(dataDir), random);
  if (!master.ok) return fail(master.detail);
  using kv = await openKv(config);
  if (!await sealedWith(kv.write, master.key)) return fail(otherMasterKey);
  const store = openClickHouse(config);
  using nudger = createNudger(nudgePath(dataDir));
  const parts = await createParts({
    config,
    kv,
    store,
    masterKey: await withKeptPepper(kv.write, master.key),
    version,
    report,
    onCommit: () => nudger.nudge(),
  });
  const bootstrap = await parts.identity.projects.bootstrap(config.WATCHLLM_BOOTSTRAP_KEY);
  if (!bootstrap.ok) return fail(bootstrap.detail);
  if (bootstrap.warning) say(bootstrap.warning);

  const pages = createPages(() => parts.services);
  const root = resolve(import.meta.dirname ?? ".", "../..");
  await loadBuild(pages, { root, outDir: relative(root, join(dataDir, "ui")) });
  const handler = createHandler(parts, pages.handler());
  const server = Deno.serve({
    hostname: config.WATCHLLM_HOST,
    port: config.WATCHLLM_PORT,
    onListen: () => {},
  }, handler);
  for (
    const line of banner({
      address: server.addr,
      startedAt: Number(values["started-at"] ?? Number.NaN),
      madeKey: bootstrap.made?.key ?? null,
      link: parts.services.signIn.hasPassword ? null : await parts.identity.signIn.createLink(),
      providers: [...config.providerKeys.keys()],
    })
  ) say(line);

  await aborted(stopping.signal);
  const late = setTimeout(() => Deno.exit(0), graceMs);
  await server.shutdown();
  clearTimeout(late);
  await parts.close();
  await store.close();
  stopping.dispose();
  return 0;

  function fail(detail: string): number {
    say(detail);
    stopping.dispose();
    return 2;
  }
}
