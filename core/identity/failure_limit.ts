/**
 * Counts failed sign-ins, for each address and for all together, in windows of a quarter of an hour.
 * Kept in memory: it slows guessing down, it is no record.
 *
 * @module
 */
import { Recent } from "../recent.ts";

export interface FailureLimitOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly windowMs?: number;
  readonly perAddress?: number;
  /** High enough that one stranger cannot lock the owner out by himself. */
  readonly inAll?: number;
}

interface Window {
  readonly startedAt: number;
  readonly failures: number;
}

export interface FailureLimit {
  /** Seconds to wait before the next attempt, 0 when it may be made now. */
  wait(address: string): number;
  failed(address: string): void;
}

export function createFailureLimit(options: FailureLimitOptions): FailureLimit {
  const { now, windowMs = 15 * 60_000, perAddress = 10, inAll = 200 } = options;
  const byAddress = new Recent<Window>(10_000);
  let all: Window = { startedAt: 0, failures: 0 };

  const current = (window: Window | undefined): Window =>
    window && now() - window.startedAt < windowMs ? window : { startedAt: now(), failures: 0 };
  const oneMore = (window: Window | undefined): Window => {
    const counted = current(window);
    return { ...counted, failures: counted.failures + 1 };
  };
  const left = (window: Window, limit: number): number =>
    window.failures < limit ? 0 : Math.ceil((window.startedAt + windowMs - now()) / 1000);

  return {
    wait(address) {
      const own = current(byAddress.get(addressGroup(address)));
      return Math.max(left(own, perAddress), left(current(all), inAll));
    },
    failed(address) {
      const group = addressGroup(address);
      byAddress.set(group, oneMore(byAddress.get(group)));
      all = oneMore(all);
    },
  };
}

/** One household's IPv6 network holds 2^64 addresses: they count as one. */
function addressGroup(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  if (!address.includes(":")) return address;
  const [head = "", tail = ""] = address.split("::");
  const front = head.split(":").filter(Boolean);
  const back = tail.split(":").filter(Boolean);
  const gap = address.includes("::") ? Math.max(0, 8 - front.length - back.length) : 0;
  return [...front, ...Array<string>(gap).fill("0"), ...back].slice(0, 4).join(":");
}
