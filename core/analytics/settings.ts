/**
 * How exact the queries are. A row may be there twice until ClickHouse has merged it away: sums and
 * counts therefore read through FINAL, and lists take one row for each event.
 *
 * @module
 */

/** For everything that adds up. */
export const exact = {
  final: 1,
  // A row's partition follows from its own time, so its copies are never in another one.
  do_not_merge_across_partitions_select_final: 1,
} as const;

/** The same behind `SETTINGS`, for the part of a query that reads rows. */
export const exactText = Object.entries(exact).map(([name, value]) => `${name} = ${value}`)
  .join(", ");

/**
 * For one row of each event: of several (a call that was priced again, before ClickHouse has merged)
 * the one that stands last in the log.
 */
export const newestFirst = "log_gen DESC, log_versionstamp DESC, log_index DESC";
