/**
 * Waiting for a store, but not longer than a call may.
 *
 * @module
 */

export type Waited<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed" }
  | { readonly kind: "slow" };

/** Never rejects. A result that comes too late is dropped, its failure too. */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<Waited<T>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Waited<T>>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "slow" }), milliseconds);
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
