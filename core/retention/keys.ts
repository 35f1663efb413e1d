/**
 * Every key that retention keeps in Deno KV. No other module spells one.
 *
 * @module
 */

export const keys = {
  /** What was taken away, by project. */
  removed: (project: string) => ["retention", "removed", project],
  removedOfAll: () => ["retention", "removed"],
  /** A removal that may not be in the log yet. */
  change: (project: string) => ["retention", "change", project],
  /** How the latest pass went. */
  pass: () => ["retention", "pass"],
} as const satisfies Record<string, (...parts: never[]) => Deno.KvKey>;
