/**
 * Bounds how many batches are in memory at once: one is projected while another one is on its way.
 *
 * @module
 */

export interface Slots {
  /** Runs `work` when a slot is free, first come, first served. */
  use<T>(work: () => Promise<T>): Promise<T>;
}

export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];

  return {
    async use(work) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free++;
      }
    },
  };
}
