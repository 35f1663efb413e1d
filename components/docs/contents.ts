/**
 * The documents in reading order. One that is not there yet is left out.
 *
 * @module
 */
import { summaryOf, titleOf } from "./markdown.tsx";

export interface DocEntry {
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
}

/** Slugs in reading order: a document that is not among them is not listed. */
export const readingOrder = [
  "gateway",
  "limits",
  "ingest",
  "dashboard",
  "dashboard_pages",
  "pricing",
  "api",
  "cache",
  "cache_semantic",
  "retention",
  "consumers",
  "configuration",
  "log",
  "clickhouse",
  "deploy",
  "operations",
  "security",
  "benchmarks",
  "fresh",
  "dependencies",
];

export async function docEntries(
  read: (slug: string) => Promise<string | null>,
): Promise<readonly DocEntry[]> {
  const sources = await Promise.all(
    readingOrder.map(async (slug) => ({ slug, source: await read(slug) })),
  );
  return sources.flatMap(({ slug, source }) => {
    if (source === null) return [];
    return [{ slug, title: titleOf(source) ?? slug, summary: summaryOf(source) ?? "" }];
  });
}
