/**
 * The parts of a stored record, put together again.
 *
 * @module
 */
import { Damage } from "./damage.ts";
import { partKeys, recordKey } from "./keys.ts";
import type { KvPort } from "./kv.ts";
import type { Position } from "./position.ts";
import { partsAfter } from "./record.ts";

/** A record has no more: one round trip reads them. */
export const mostParts = 10;

/**
 * All parts of a record whose first one was read; null when the record was taken out of the log
 * meanwhile.
 *
 * @throws {Damage} when a part is missing
 */
export async function partsOf(
  kv: KvPort,
  { partition, versionstamp }: Omit<Position, "index">,
  first: unknown,
): Promise<readonly unknown[] | null> {
  const more = partsAfter(first);
  if (more === 0) return [first];
  if (more >= mostParts) throw new Damage(`the record says that ${more} parts follow its first`);
  const found = await kv.getMany(partKeys(partition, versionstamp, more + 1).slice(1));
  const missing = found.findIndex((entry) => entry.versionstamp === null);
  if (missing === -1) return [first, ...found.map(({ value }) => value)];
  const again = await kv.get(recordKey(partition, versionstamp));
  if (again.versionstamp === null) return null;
  throw new Damage(`part ${missing + 2} of ${more + 1} is missing`);
}
