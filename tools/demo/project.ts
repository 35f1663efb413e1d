/**
 * Which project the demo fills.
 *
 * @module
 */
import { resolve } from "node:path";
import type { Config } from "@/core/config.ts";
import { createIdentity } from "@/core/identity/identity.ts";
import { loadMasterKey } from "@/core/identity/master_key.ts";
import { masterKeyFile } from "@/core/identity/master_key_file.ts";
import type { Project } from "@/core/identity/types.ts";
import type { KvHandles } from "@/core/log/kv.ts";

/** The project with that id, or the oldest one; null when there is none. */
export async function findProject(
  config: Config,
  kv: KvHandles,
  id: string | null,
): Promise<Project | null> {
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  const file = masterKeyFile(resolve(config.WATCHLLM_DATA_DIR));
  const master = await loadMasterKey(config.WATCHLLM_MASTER_KEY, file, random);
  if (!master.ok) throw new Error(master.detail);
  const { projects } = createIdentity({
    kv: kv.write,
    masterKey: master.key,
    adminPassword: undefined,
    random,
    now: Date.now,
  });
  return id === null ? (await projects.list())[0] ?? null : await projects.get(id);
}
