/**
 * The documents in reading order, by what a reader comes for. One that is not there yet is left out.
 *
 * @module
 */
import { summaryOf, titleOf } from "./markdown.tsx";

export interface DocEntry {
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
}

interface Part {
  readonly title: string;
  readonly slugs: readonly string[];
}

const parts: readonly Part[] = [
  {
    title: "Use it",
    slugs: [
      "gateway",
      "ingest",
      "dashboard",
      "cache",
      "cache_semantic",
      "pricing",
      "limits",
      "api",
    ],
  },
  {
    title: "Run it",
    slugs: [
      "configuration",
      "operations",
      "deploy",
      "retention",
      "security",
      "benchmarks",
    ],
  },
  { title: "How it works", slugs: ["log", "consumers", "clickhouse"] },
  { title: "Work on it", slugs: ["dashboard_pages", "fresh", "dependencies"] },
];

/** Slugs in reading order: a document that is not among them is not listed. */
export const readingOrder: readonly string[] = parts.flatMap(({ slugs }) => slugs);

export interface DocPart {
  readonly title: string;
  readonly entries: readonly DocEntry[];
}

/** Parts without a document are left out. */
export async function docParts(
  read: (slug: string) => Promise<string | null>,
): Promise<readonly DocPart[]> {
  const all = await Promise.all(parts.map(async ({ title, slugs }) => {
    const entries = await Promise.all(slugs.map((slug) => docEntry(slug, read)));
    return { title, entries: entries.filter((entry) => entry !== null) };
  }));
  return all.filter(({ entries }) => entries.length > 0);
}

async function docEntry(
  slug: string,
  read: (slug: string) => Promise<string | null>,
): Promise<DocEntry | null> {
  const source = await read(slug);
  if (source === null) return null;
  return { slug, title: titleOf(source) ?? slug, summary: summaryOf(source) ?? "" };
}
