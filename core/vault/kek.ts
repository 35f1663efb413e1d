/**
 * The key-encryption key: derived from the master key for this purpose alone, and named, so that a
 * stored key says which one wraps it.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import type { MasterKey } from "../identity/master_key.ts";

export interface Kek {
  /** Tells KEKs apart without telling anything of them: 16 hex digits. */
  readonly id: string;
  /** 32 bytes. */
  readonly bytes: Uint8Array;
}

/** The same master key gives the same key and the same id. */
export function kekOf(masterKey: Pick<MasterKey, "derive">): Kek {
  const bytes = masterKey.derive("vault");
  const id = createHmac("sha256", bytes).update("watchllm/kek-id").digest("hex").slice(0, 16);
  return { id, bytes };
}
