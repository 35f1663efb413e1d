/**
 * Ties a store to its master key: with another one no stored key could be verified, so the start stops
 * with a clear word instead of refusing every caller.
 *
 * @module
 */
import type { KvPort } from "../log/kv.ts";
import type { MasterKey } from "./master_key.ts";

export const sealPath = ["identity", "master_key"];

/** Remembers the master key's fingerprint on the first start; false when it is another one now. */
export async function sealedWith(kv: KvPort, key: MasterKey): Promise<boolean> {
  await kv.atomic().check({ key: sealPath, versionstamp: null }).set(sealPath, key.fingerprint)
    .commit();
  return (await kv.get<string>(sealPath)).value === key.fingerprint;
}
