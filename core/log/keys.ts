/**
 * Every key of the log in Deno KV. No other file spells one out.
 *
 * @module
 */
import type { KvPort } from "./kv.ts";

/** The one record that says how this log was created. */
export const metaKey: Deno.KvKey = ["meta", "log"];

/** The records of a partition. */
export function logPrefix(partition: number): Deno.KvKey {
  return ["log", partition];
}

/**
 * The key of a record's part that is being committed: it ends in the commit's own versionstamp. The
 * first part stands where records are listed, the others beside.
 */
export function newRecordKey(kv: KvPort, partition: number, part = 0): Deno.KvKey {
  return [...partPrefix(partition, part), kv.commitVersionstamp()];
}

/** A record by its position; a further part of it by its number. */
export function recordKey(partition: number, versionstamp: string, part = 0): Deno.KvKey {
  return [...partPrefix(partition, part), versionstamp];
}

/** All parts of a record that has so many, the first one first. */
export function partKeys(partition: number, versionstamp: string, parts: number): Deno.KvKey[] {
  return Array.from({ length: parts }, (_, part) => recordKey(partition, versionstamp, part));
}

function partPrefix(partition: number, part: number): Deno.KvKey {
  return part === 0 ? logPrefix(partition) : ["log_part", partition, part];
}

/**
 * Everything kept beside one event's record. The project is part of the key because clients may
 * choose event ids: one project's id must not reach another's bytes.
 */
export function blobPrefix(project: string, eventId: string): Deno.KvKey {
  return ["blob", project, eventId];
}

/**
 * The chunks of one payload. The hash is part of the key, so an event that is sent twice with other
 * content leaves the first one's bytes alone.
 */
export function payloadPrefix(
  project: string,
  eventId: string,
  name: string,
  sha256: string,
): Deno.KvKey {
  return ["blob", project, eventId, name, sha256];
}

/** Marks blobs that were written ahead of their record; the record's commit deletes it. */
export function openBlobKey(project: string, eventId: string): Deno.KvKey {
  return ["blob_open", project, eventId];
}

/** All marks of blobs without a record. */
export const openBlobPrefix: Deno.KvKey = ["blob_open"];

/** Carries the number of a writer's latest commit: how a retry learns that it is already stored. */
export function writerKey(writerId: string): Deno.KvKey {
  return ["log_writer", writerId];
}

const utf8 = new TextEncoder();

/** An upper bound of a key's encoded size in bytes, for the limits of an atomic operation. */
export function keyBytes(key: Deno.KvKey): number {
  let bytes = 0;
  for (const part of key) {
    // A string ends with a type byte and a terminator; NUL inside it is escaped with one more byte.
    if (typeof part === "string") {
      bytes += utf8.encode(part).length + part.split("\0").length + 1;
    } else bytes += part instanceof Uint8Array ? 2 * part.length + 2 : 24;
  }
  return bytes;
}
