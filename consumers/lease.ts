/**
 * Who works on a partition. A lease saves double work; it does not make the work correct (a request in
 * flight cannot be called back): the checkpoint's compare-and-set and the deduplication token do.
 *
 * Guarantees: a holder regards its lease as lost before anyone else may take it, measured on its own
 * monotonic clock; a dead holder's lease is free after the TTL, whatever happens to wall clocks.
 *
 * @module
 */
import { z } from "zod";
import type { KvPort } from "@/core/log/kv.ts";
import type { Clock } from "./clock.ts";

const recordSchema = z.object({
  /** Empty when it was given back. */
  owner: z.string(),
  /** Goes up with every change of hands. */
  epoch: z.number().int().nonnegative(),
  /** Wall clock, milliseconds: lets a consumer that starts late see that the holder is long gone. */
  expires: z.number(),
});
type LeaseRecord = z.infer<typeof recordSchema>;

export interface LeaseTimes {
  readonly ttlMs: number;
  readonly renewMs: number;
}

const defaultLeaseTimes: LeaseTimes = { ttlMs: 10_000, renewMs: 3_000 };

export interface LeaseOptions {
  readonly kv: KvPort;
  readonly clock: Clock;
  /**
   * Who asks. The same owner gets its own lease back at once: a supervisor that starts its one
   * consumers process again passes the same name and need not wait for the TTL.
   */
  readonly owner: string;
  readonly times?: LeaseTimes;
}

export interface Lease {
  readonly epoch: number;
  /** Whether it is certain that nobody else holds it. */
  held(): boolean;
  /** Renews when that is no longer certain; false when it is lost for good. */
  ensure(): Promise<boolean>;
  /** Stops renewing and lets others in. */
  release(): Promise<void>;
}

export interface Leases {
  /** Takes the lease when it is free, expired or our own; null when another holds it. */
  tryAcquire(key: Deno.KvKey): Promise<Lease | null>;
}

export function createLeases(options: LeaseOptions): Leases {
  const { kv, clock, owner, times = defaultLeaseTimes } = options;
  /** When each foreign lease was first seen in its present version, on the monotonic clock. */
  const watched = new Map<string, { versionstamp: string; since: number }>();

  return { tryAcquire };

  async function tryAcquire(key: Deno.KvKey): Promise<Lease | null> {
    const askedAt = clock.monotonic();
    const entry = await kv.get(key);
    const current = entry.versionstamp === null ? null : recordSchema.parse(entry.value);
    if (current && !isFree(key, current, entry.versionstamp ?? "")) return null;
    const record = { owner, epoch: (current?.epoch ?? 0) + 1, expires: clock.now() + times.ttlMs };
    const taken = await kv.atomic()
      .check({ key, versionstamp: entry.versionstamp })
      .set(key, record)
      .commit();
    if (!taken.ok) return null;
    watched.delete(JSON.stringify(key));
    return hold(key, record, taken.versionstamp, askedAt);
  }

  function isFree(key: Deno.KvKey, record: LeaseRecord, versionstamp: string): boolean {
    if (record.owner === "" || record.owner === owner) return true;
    if (record.expires <= clock.now()) return true;
    const name = JSON.stringify(key);
    const seen = watched.get(name);
    if (seen?.versionstamp !== versionstamp) {
      watched.set(name, { versionstamp, since: clock.monotonic() });
      return false;
    }
    return clock.monotonic() - seen.since >= times.ttlMs;
  }

  function hold(
    key: Deno.KvKey,
    record: LeaseRecord,
    firstVersionstamp: string,
    askedAt: number,
  ): Lease {
    let versionstamp = firstVersionstamp;
    // A quarter of the TTL is kept as a margin for pauses between the check and what follows it.
    let certainUntil = askedAt + times.ttlMs * 0.75;
    let lost = false;
    const stop = new AbortController();
    const renewing = keepRenewing();

    return {
      epoch: record.epoch,
      held: () => !lost && clock.monotonic() < certainUntil,
      async ensure() {
        if (!lost && clock.monotonic() >= certainUntil) await renew();
        return !lost && clock.monotonic() < certainUntil;
      },
      async release() {
        stop.abort();
        await renewing;
        if (lost) return;
        lost = true;
        await kv.atomic()
          .check({ key, versionstamp })
          .set(key, { ...record, owner: "", expires: 0 })
          .commit();
      },
    };

    async function keepRenewing(): Promise<void> {
      while (!lost) {
        await clock.sleep(times.renewMs, stop.signal);
        if (stop.signal.aborted) return;
        // An unreachable store is not a lost lease: time decides, in `held()`.
        await renew().catch(() => {});
      }
    }

    async function renew(): Promise<void> {
      const renewedAt = clock.monotonic();
      const next = { ...record, expires: clock.now() + times.ttlMs };
      const renewed = await kv.atomic().check({ key, versionstamp }).set(key, next).commit();
      if (renewed.ok) {
        versionstamp = renewed.versionstamp;
        certainUntil = renewedAt + times.ttlMs * 0.75;
        return;
      }
      // A renewal that threw may have been stored; then the record is still ours.
      const entry = await kv.get(key);
      const now = recordSchema.safeParse(entry.value);
      const ours = now.success && now.data.owner === owner && now.data.epoch === record.epoch;
      if (ours && entry.versionstamp !== null) versionstamp = entry.versionstamp;
      else lost = true;
    }
  }
}

/** Whether somebody holds a lease now, by the wall clock: for people who want to know, not for work. */
export async function isHeld(kv: KvPort, key: Deno.KvKey, now: number): Promise<boolean> {
  const record = recordSchema.safeParse((await kv.get(key)).value);
  return record.success && record.data.owner !== "" && record.data.expires > now;
}
