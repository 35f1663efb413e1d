/**
 * The pepper of project keys when the master key was changed. Digests of keys that nobody can read
 * back can't be made anew, so the pepper that they were made with is kept, encrypted under the current
 * master key. Owns `["identity", "pepper"]`.
 *
 * @module
 */
import type { KvPort } from "../log/kv.ts";
import { decrypt, encrypt, type Random, type Sealed } from "../vault/aes.ts";
import { kekOf } from "../vault/kek.ts";
import type { MasterKey } from "./master_key.ts";

export const pepperPath = ["identity", "pepper"];
const associated = new TextEncoder().encode("watchllm/identity/pepper");

/**
 * The master key with the pepper that the store's keys were digested with. A store whose master key
 * was never changed has none of its own.
 *
 * @throws when the kept pepper does not open: the store is not sealed with this master key
 */
export async function withKeptPepper(kv: KvPort, masterKey: MasterKey): Promise<MasterKey> {
  const { value } = await kv.get<Sealed>(pepperPath);
  if (!value) return masterKey;
  const pepper = await decrypt(kekOf(masterKey).bytes, value, associated);
  if (!pepper) throw new Error("The kept pepper cannot be opened with this master key");
  return {
    fingerprint: masterKey.fingerprint,
    derive: (purpose) => purpose === "project-key" ? pepper : masterKey.derive(purpose),
  };
}

/** The pepper of `from`, to be kept under `to`. */
export function keptPepper(from: MasterKey, to: MasterKey, random: Random): Promise<Sealed> {
  return encrypt(kekOf(to).bytes, from.derive("project-key"), associated, random);
}
