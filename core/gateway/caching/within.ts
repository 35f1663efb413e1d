/**
 * Waiting for a store, but not longer than a call may.
 *
 * @module
 */

export type Waited<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed" }
  | { readonly kind: "slow" };

/** A timer that comes later than this tells that the process was busy, not that the store is slow. */
const lateMs = 5;
/** How often the wait begins again for that reason. */
const mostAgain = 20;

/** Never rejects. A result that comes too late is dropped, its failure too. */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<Waited<T>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Waited<T>>((resolve) => {
    const wait = (again: number) => {
      const due = performance.now() + milliseconds;
      timer = setTimeout(() => {
        if (again > 0 && performance.now() > due + lateMs) wait(again - 1);
        else resolve({ kind: "slow" });
      }, milliseconds);
    };
    wait(mostAgain);
  });
  const done = work.then(
    (value): Waited<T> => ({ kind: "done", value }),
    (): Waited<T> => ({ kind: "failed" }),
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}
