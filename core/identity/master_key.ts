/**
 * The master key: 32 bytes from the configuration, or made once in the data directory. It is never used
 * itself; every purpose has a key derived from it, so that no two uses can be played off against
 * each other.
 *
 * @module
 */
import { createHmac, hkdfSync } from "node:crypto";
import type { Random } from "./key_format.ts";

/** Where a made master key is kept. */
export interface MasterKeyFile {
  /** Its text, or null when there is none. */
  read(): Promise<string | null>;
  /** Writes it whole and for the owner alone; false when another process was first. */
  create(text: string): Promise<boolean>;
}

export type Purpose = "project-key" | "password" | "vault";

export interface MasterKey {
  /** 32 bytes for one purpose: always the same for the same master key. */
  derive(purpose: Purpose): Uint8Array;
  /** Tells master keys apart without telling anything of them. */
  readonly fingerprint: string;
}

export type MasterKeyResult =
  | { readonly ok: true; readonly key: MasterKey; readonly made: boolean }
  | { readonly ok: false; readonly detail: string };

/**
 * Takes the configured key, else the one of the file, else makes one there. Safe to run in several
 * processes at once: all end up with the same key.
 *
 * @param configured 32 bytes in base64, as `WATCHLLM_MASTER_KEY` holds them
 */
export async function loadMasterKey(
  configured: string | undefined,
  file: MasterKeyFile,
  random: Random,
): Promise<MasterKeyResult> {
  if (configured) return fromText(configured, "WATCHLLM_MASTER_KEY", false);
  const made = await file.read() === null && await file.create(base64(random(32)));
  const text = await file.read();
  if (text === null) return { ok: false, detail: "The master key's file could not be read back." };
  return fromText(text, "The master key's file", made);
}

function fromText(text: string, where: string, made: boolean): MasterKeyResult {
  const bytes = decode(text.trim());
  if (bytes?.length !== 32) return { ok: false, detail: `${where} must hold 32 bytes in base64.` };
  return { ok: true, made, key: masterKey(bytes) };
}

/** A master key from its 32 bytes. */
export function masterKey(bytes: Uint8Array): MasterKey {
  const derive = (label: string) =>
    new Uint8Array(hkdfSync("sha256", bytes, new Uint8Array(), `watchllm/${label}`, 32));
  return {
    derive,
    fingerprint: createHmac("sha256", derive("fingerprint")).update("1").digest("hex").slice(0, 16),
  };
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function decode(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}
