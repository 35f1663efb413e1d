/**
 * Of the copies of an event that stand side by side the one that holds: the last in the log. Lists are
 * read without merging in ClickHouse, which would read all rows to answer with fifty.
 *
 * @module
 */

/** What is read with every row. */
export const placeColumns = "log_gen, log_versionstamp, log_index";

export interface Copy {
  readonly event_id: string;
  readonly timestamp: string;
  readonly log_gen: number;
  readonly log_versionstamp: string;
  readonly log_index: number;
}

/** Takes rows in the order of time and id; gives one for each event, in the same order. */
export function* withoutCopies<Row extends Copy>(rows: Iterable<Row>): Generator<Row> {
  let held: Row | null = null;
  for (const row of rows) {
    if (held && !isSameEvent(held, row)) {
      yield held;
      held = row;
    } else if (!held || isLater(row, held)) {
      held = row;
    }
  }
  if (held) yield held;
}

/** The same of rows that are still being read. */
export async function* withoutCopiesAsync<Row extends Copy>(
  rows: AsyncIterable<Row>,
): AsyncGenerator<Row> {
  let held: Row | null = null;
  for await (const row of rows) {
    if (held && !isSameEvent(held, row)) {
      yield held;
      held = row;
    } else if (!held || isLater(row, held)) {
      held = row;
    }
  }
  if (held) yield held;
}

/**
 * Whether two rows are copies of one event: ids are the clients' own, and may come again at
 * another time.
 */
export function isSameEvent(one: Copy, other: Copy): boolean {
  return one.event_id === other.event_id && one.timestamp === other.timestamp;
}

function isLater(one: Copy, other: Copy): boolean {
  if (one.log_gen !== other.log_gen) return one.log_gen > other.log_gen;
  if (one.log_versionstamp !== other.log_versionstamp) {
    return one.log_versionstamp > other.log_versionstamp;
  }
  return one.log_index > other.log_index;
}
