/**
 * Divides hours or days into what is summed at once: of one project and month each, because a month is
 * a partition of the tables.
 *
 * @module
 */

interface Span {
  readonly project_id: string;
  /** Seconds since 1970. */
  readonly at: number;
}

/** Of one project and month each, in the order of the spans. */
export function byMonth<S extends Span>(spans: readonly S[]): Iterable<readonly S[]> {
  return Map.groupBy(
    spans,
    ({ project_id, at }) =>
      JSON.stringify([project_id, new Date(at * 1_000).toISOString().slice(0, 7)]),
  ).values();
}

/**
 * Keeps the order of the spans.
 *
 * @param isFull whether a batch of so many spans and calls ends before a span with `next` calls
 */
export function batchesByMonth<S extends Span & { readonly calls: string }>(
  spans: readonly S[],
  isFull: (count: number, calls: number, next: number) => boolean,
): S[][] {
  const found: S[][] = [];
  for (const all of byMonth(spans)) {
    let batch: S[] = [];
    let calls = 0;
    for (const span of all) {
      const next = Number(span.calls);
      if (isFull(batch.length, calls, next)) {
        found.push(batch);
        [batch, calls] = [[], 0];
      }
      batch.push(span);
      calls += next;
    }
    found.push(batch);
  }
  return found;
}
