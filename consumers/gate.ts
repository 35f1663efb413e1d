/**
 * Keeps partitions of one consumer from running away from one that retries. The sink remembers only
 * so many insertions for deduplication; when others used that memory up meanwhile, a late retry of an
 * insertion that had succeeded would be taken as new.
 *
 * @module
 */

export interface Gate {
  /** Whether a partition may begin another batch. */
  mayBegin(partition: number): boolean;
  /** Counts a delivery that succeeded. */
  delivered(partition: number): void;
  /** A partition does not know what became of its delivery. */
  retrying(partition: number): void;
  /** It does again, or it was given up. */
  settled(partition: number): void;
}

/** @param allowance deliveries that others may make while one partition retries */
export function createGate(allowance: number): Gate {
  const othersSince = new Map<number, number>();
  return {
    mayBegin(partition) {
      for (const [retrying, others] of othersSince) {
        if (retrying !== partition && others >= allowance) return false;
      }
      return true;
    },
    delivered(partition) {
      for (const [retrying, others] of othersSince) {
        if (retrying !== partition) othersSince.set(retrying, others + 1);
      }
    },
    retrying(partition) {
      if (!othersSince.has(partition)) othersSince.set(partition, 0);
    },
    settled(partition) {
      othersSince.delete(partition);
    },
  };
}
