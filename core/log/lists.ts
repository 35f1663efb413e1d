/**
 * What the events of a commit bring to lists, joined: one value for each list, so that an event's share of
 * it costs a few bytes and not a key.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Joined } from "./batch.ts";

/** One list's value in a commit. */
export interface ListValue {
  readonly name: string;
  readonly value: Uint8Array;
  readonly expireIn: number | undefined;
}

/** The lists of all records of a commit: two values under one versionstamp would be one key. */
export function joinedLists(
  records: readonly { readonly joined: ReadonlyMap<string, Joined> }[],
): ListValue[] {
  const lists = new Map<string, { values: Uint8Array[]; expireIn: number | undefined }>();
  for (const { joined } of records) {
    for (const [name, { values, expireIn }] of joined) {
      const list = lists.get(name);
      if (list) list.values.push(...values);
      else lists.set(name, { values: [...values], expireIn });
    }
  }
  return [...lists].map(([name, { values, expireIn }]) => ({
    name,
    value: Buffer.concat(values),
    expireIn,
  }));
}
