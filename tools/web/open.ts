/**
 * Opens the web half of an installation on stores that are open already: the keys are checked against
 * the data, the first project is there, the pages are loaded. Nothing listens yet.
 *
 * @module
 */
import { join, relative, resolve } from "node:path";
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { systemClock } from "@/consumers/clock.ts";
import { patientKv } from "@/consumers/patient_kv.ts";
import type { Config } from "@/core/config.ts";
import { loadMasterKey } from "@/core/identity/master_key.ts";
import { masterKeyFile } from "@/core/identity/master_key_file.ts";
import { withKeptPepper } from "@/core/identity/pepper.ts";
import { sealedWith } from "@/core/identity/seal.ts";
import type { KvHandles } from "@/core/log/kv.ts";
import { loadBuild } from "@/routes/(_http)/load_build.ts";
import { createPages } from "@/routes/(_http)/pages.ts";
import type { Handler } from "@/routes/(_http)/security_headers.ts";
import { exists } from "../backup/exists.ts";
import { createHandler } from "./handler.ts";
import { createParts, type Parts } from "./parts.ts";

export interface OpenWebOptions {
  readonly config: Config;
  readonly kv: KvHandles;
  readonly store: ClickHouseStore;
  readonly version: string;
  /** Where the pages were built to. */
  readonly uiDir: string;
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
  /** Told after each commit to the log. */
  readonly onCommit: () => void;
  /** Whether no other process writes into the log. @default {false} */
  readonly alone?: boolean;
  /** Whether this process projects the log as well, draining it after commits. @default {false} */
  readonly drained?: boolean;
}

export type OpenedWeb =
  | {
    readonly ok: true;
    readonly parts: Parts;
    readonly handler: Handler;
    /** The first project's key when this start has made it: to be shown this once. */
    readonly madeKey: string | null;
    readonly warning: string | null;
  }
  /** What is wrong with the configuration, in a sentence. */
  | { readonly ok: false; readonly detail: string };

const otherMasterKey =
  "The data directory was made with another master key: set WATCHLLM_MASTER_KEY to that one, or " +
  "use another WATCHLLM_DATA_DIR.";

const notBuilt = "The dashboard has not been built: run `deno task build` first.";

export async function openWeb(options: OpenWebOptions): Promise<OpenedWeb> {
  const { config, kv, store, version, uiDir, report, onCommit } = options;
  if (!await exists(join(uiDir, "snapshot.js"))) return { ok: false, detail: notBuilt };
  const keyFile = masterKeyFile(resolve(config.WATCHLLM_DATA_DIR));
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  const master = await loadMasterKey(config.WATCHLLM_MASTER_KEY, keyFile, random);
  if (!master.ok) return master;
  // The consumers start at the same moment, and write too.
  const patient = patientKv(kv.write, systemClock, Math.random);
  if (!await sealedWith(patient, master.key)) return { ok: false, detail: otherMasterKey };
  const parts = await createParts({
    config,
    kv,
    store,
    masterKey: await withKeptPepper(patient, master.key),
    version,
    report,
    onCommit,
    alone: options.alone ?? false,
    drained: options.drained ?? false,
  });
  const bootstrap = await parts.identity.projects.bootstrap(config.WATCHLLM_BOOTSTRAP_KEY);
  if (!bootstrap.ok) return bootstrap;

  const pages = createPages(() => parts.services);
  const root = resolve(import.meta.dirname ?? ".", "../..");
  await loadBuild(pages, { root, outDir: relative(root, uiDir) });
  return {
    ok: true,
    parts,
    handler: createHandler(parts, pages.handler()),
    madeKey: bootstrap.made?.key ?? null,
    warning: bootstrap.warning ?? null,
  };
}
