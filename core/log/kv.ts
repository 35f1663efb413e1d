/**
 * The port to Deno KV: the part of it that exists on every platform we run on. Queues and
 * cross-process watches are left out because Deno Deploy has neither.
 *
 * @module
 */

/** A Deno KV handle, or anything that keeps its contract (`tests/log/kv_contract.ts`). */
export type KvPort = Pick<
  Deno.Kv,
  "get" | "getMany" | "list" | "set" | "delete" | "atomic" | "commitVersionstamp" | "close"
>;

/**
 * Two handles on one store: the local backend serves a handle with one thread, so a long scan would
 * hold up commits made on the same one.
 */
export interface KvHandles {
  readonly write: KvPort;
  readonly read: KvPort;
}

/** The limits that the strictest backend sets; the log stays inside all of them. */
export const kvLimits = {
  /** Bytes of one serialised value. */
  valueBytes: 65_536,
  /** Bytes of one atomic operation, keys counted twice. */
  atomicBytes: 819_200,
  /** Checks in one atomic operation (the self-hosted server's figure, not the CLI's 100). */
  atomicChecks: 10,
  atomicMutations: 1_000,
} as const;
