/**
 * Another master key for a store: provider keys are re-wrapped, the pepper of project keys is kept, and
 * at last, in one commit, the store is sealed with the new key. Until then the old one opens it, and a
 * rotation that was cut off is finished by running it again with the same new key.
 *
 * @module
 */
import type { MasterKey } from "../identity/master_key.ts";
import { keptPepper, pepperPath, withKeptPepper } from "../identity/pepper.ts";
import { sealPath } from "../identity/seal.ts";
import type { KvPort } from "../log/kv.ts";
import type { Random } from "./aes.ts";
import { kekOf } from "./kek.ts";
import { rewrapAll, type RewrapResult } from "./rotate.ts";

export type Rotation =
  | { readonly ok: true; readonly keys: RewrapResult }
  /** The store is sealed with neither of the two. */
  | { readonly ok: false; readonly reason: "other_master_key" }
  /** Nothing was sealed: these provider keys would be lost. */
  | { readonly ok: false; readonly reason: "unreadable"; readonly keys: readonly string[] };

export interface RotationOptions {
  readonly from: MasterKey;
  readonly to: MasterKey;
  readonly random: Random;
  /** Go on although some provider keys cannot be read with the old master key. */
  readonly loseUnreadable: boolean;
}

/** @returns why nothing was rotated, or how far it came; safe to repeat with the same keys */
export async function rotate(kv: KvPort, options: RotationOptions): Promise<Rotation> {
  const { from, to, random } = options;
  const seal = await kv.get<string>(sealPath);
  const rewrapped = () => rewrapAll(kv, { from: kekOf(from), to: kekOf(to) }, random);
  if (seal.value === to.fingerprint) return { ok: true, keys: await rewrapped() };
  if (seal.value !== null && seal.value !== from.fingerprint) {
    return { ok: false, reason: "other_master_key" };
  }
  const keys = await rewrapped();
  if (keys.unreadable.length > 0 && !options.loseUnreadable) {
    return { ok: false, reason: "unreadable", keys: keys.unreadable };
  }
  const pepper = await keptPepper(await withKeptPepper(kv, from), to, random);
  const sealed = await kv.atomic().check(seal)
    .set(sealPath, to.fingerprint).set(pepperPath, pepper).commit();
  if (!sealed.ok) throw new Error("The store was sealed by another process meanwhile");
  return { ok: true, keys };
}
