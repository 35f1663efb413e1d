/**
 * Project keys in KV. Owns `["identity", "key", …]` and guarantees that no secret is stored: only an
 * HMAC of the whole key, with a key that is not in the store.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import type { KvPort } from "../log/kv.ts";
import type { Environment } from "./key_format.ts";
import type { KeyInfo } from "./types.ts";

/** What is stored of a key, under its public id. */
export interface KeyRecord {
  readonly project: string;
  readonly environment: Environment;
  /** HMAC-SHA-256 of the whole key, hex. */
  readonly digest: string;
  readonly created_at: string;
  readonly revoked_at: string | null;
}

export const keyPath = (keyId: string) => ["identity", "key", keyId];
export const keyUsedPath = (keyId: string) => ["identity", "key_used", keyId];
const projectKeyPath = (
  project: string,
  keyId: string,
) => ["identity", "project_key", project, keyId];

/** The digest of a whole key, hex. Synchronous: it stands on the gateway's hot path. */
export type KeyDigest = (presented: string) => string;

/** @param pepper the master key's derivation for `project-key` */
export function keyDigest(pepper: Uint8Array): KeyDigest {
  return (presented) => createHmac("sha256", pepper).update(presented).digest("hex");
}

/** Compares two hex digests in a time that does not depend on where they differ. */
export function sameDigest(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a, "hex"), Buffer.from(b, "hex"));
}

/** A project's keys, oldest first. */
export async function listKeys(kv: KvPort, project: string): Promise<readonly KeyInfo[]> {
  const infos: KeyInfo[] = [];
  for await (const { key } of kv.list({ prefix: ["identity", "project_key", project] })) {
    const keyId = String(key.at(-1));
    const [record, used] = await kv.getMany<[KeyRecord, string]>([
      keyPath(keyId),
      keyUsedPath(keyId),
    ]);
    if (record.value) infos.push(keyInfo(keyId, record.value, used.value));
  }
  return infos.sort((a, b) => a.created_at < b.created_at ? -1 : 1);
}

/** What people see of a key: nothing that it could be made from again. */
export function keyInfo(keyId: string, record: KeyRecord, lastUsed: string | null): KeyInfo {
  return {
    key_id: keyId,
    environment: record.environment,
    created_at: record.created_at,
    last_used_at: lastUsed,
    revoked_at: record.revoked_at,
  };
}

/** Adds a key to an atomic operation that fails when its public id is taken. */
export function addKey(
  operation: Deno.AtomicOperation,
  keyId: string,
  record: KeyRecord,
): Deno.AtomicOperation {
  return operation
    .check({ key: keyPath(keyId), versionstamp: null })
    .set(keyPath(keyId), record)
    .set(projectKeyPath(record.project, keyId), true);
}

/** Marks a key as revoked. False when the project has no such key; true also when it was revoked before. */
export async function markRevoked(
  kv: KvPort,
  project: string,
  keyId: string,
  at: string,
): Promise<boolean> {
  while (true) {
    const found = await kv.get<KeyRecord>(keyPath(keyId));
    if (found.value?.project !== project) return false;
    if (found.value.revoked_at) return true;
    const done = await kv.atomic().check(found)
      .set(keyPath(keyId), { ...found.value, revoked_at: at }).commit();
    if (done.ok) return true;
  }
}
