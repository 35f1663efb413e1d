/**
 * Every key that retention keeps in Deno KV. No other module spells one.
 *
 * @module
 */

export const keys = {
  /** What was taken away, by project. */
  removed: (project: string) => ["retention", "removed", project],
  removedOfAll: () => ["retention", "removed"],
  /** An erasure, by the place of its event in the log. */
  erased: (project: string, versionstamp: string, index: number) => [
    "retention",
    "erased",
    project,
    versionstamp,
    index,
  ],
  erasedOf: (project: string) => ["retention", "erased", project],
  /** A removal that may not be in the log yet. */
  change: (project: string) => ["retention", "change", project],
  /** How the latest pass went. */
  pass: () => ["retention", "pass"],
} as const satisfies Record<string, (...parts: never[]) => Deno.KvKey>;
