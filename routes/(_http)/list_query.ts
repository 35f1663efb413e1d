/**
 * What a list's page asks for: the view's range, the address's cursor and filters.
 *
 * @module
 */
import type { Range } from "@/core/analytics/contract.ts";
import { AppError } from "@/core/error.ts";
import type { Frame } from "@/components/shell/frame.ts";
import { unlessAway, viewBuckets } from "./frame.ts";

export interface ListQuery {
  readonly range: Range;
  readonly limit: number;
  readonly cursor?: string;
}

const pageSize = 50;

/** Reads a page of a list; null while ClickHouse is away. A cursor that was cut begins anew. */
export async function readList<T>(
  frame: Frame,
  now: number,
  read: (query: ListQuery) => Promise<T>,
): Promise<T | null> {
  const { range } = viewBuckets(frame, now);
  const cursor = frame.url.searchParams.get("cursor");
  const first = { range, limit: pageSize };
  try {
    return await unlessAway(read({ ...first, ...(cursor && { cursor }) }));
  } catch (error) {
    if (!cursor || !(error instanceof AppError) || error.code !== "bad_request") throw error;
    return await unlessAway(read(first));
  }
}

/** A filter of the address; undefined when it is not there. */
export function filterOf(frame: Frame, name: string): readonly string[] | undefined {
  const values = frame.url.searchParams.getAll(name).filter(Boolean).slice(0, 50);
  return values.length > 0 ? values : undefined;
}
