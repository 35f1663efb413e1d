/**
 * One range of a partition's log, read for delivery.
 *
 * Guarantees: the same range gives the same batch for ever, because the log is immutable and copies of
 * an event are recognised from stored facts alone.
 *
 * @module
 */
import type { LogEntry, LogReader, LogRecord } from "@/core/log/contract.ts";
import type { Checkpoint } from "./checkpoint.ts";

export interface Batch {
  /** Last versionstamp of the range. */
  readonly to: string;
  readonly entries: readonly LogEntry[];
}

export interface BatchLimits {
  /** A batch ends with the record that reaches this many entries. */
  readonly rows: number;
  /** Or with the record that reaches this many bytes of stored events. */
  readonly bytes: number;
}

/** A record holds at least a value of up to 60 KiB, so this many are within reach of `BatchLimits.bytes`. */
const recordsPerRead = 500;

/** How many ids a checkpoint remembers: a few records' worth, as a repeated append follows closely. */
const remembered = 256;

/** Reads what follows `after`; null when nothing does. */
export async function readBatch(
  reader: LogReader,
  partition: number,
  after: string | null,
  limits: BatchLimits,
): Promise<Batch | null> {
  const entries: LogEntry[] = [];
  let bytes = 0;
  let to = after;
  while (entries.length < limits.rows && bytes < limits.bytes) {
    const records = await reader.read(partition, {
      after: to,
      maxRecords: recordsPerRead,
      maxBytes: limits.bytes - bytes,
    });
    for (const record of records) {
      entries.push(...record.entries);
      bytes += sizeOf(record);
      to = record.versionstamp;
      if (entries.length >= limits.rows) break;
    }
    if (records.length === 0) break;
  }
  return to === null || to === after ? null : { to, entries };
}

/** Reads exactly the range after `after` up to `to`. */
export async function readRange(
  reader: LogReader,
  partition: number,
  after: string | null,
  to: string,
): Promise<Batch> {
  const entries: LogEntry[] = [];
  let last = after;
  while (last === null || last < to) {
    const records = await reader.read(partition, { after: last, upTo: to });
    const end = records.at(-1);
    if (!end) break;
    for (const record of records) entries.push(...record.entries);
    last = end.versionstamp;
  }
  return { to, entries };
}

/** Offsets of entries whose event came before, in this batch or among the checkpoint's `recent`. */
export function findRepeated(
  entries: readonly LogEntry[],
  recent: readonly string[],
): ReadonlySet<number> {
  const seen = new Set(recent);
  const repeated = new Set<number>();
  entries.forEach((entry, at) => {
    const identity = identityOf(entry);
    if (identity === null) return;
    if (seen.has(identity)) repeated.add(at);
    seen.add(identity);
  });
  return repeated;
}

/** The identities to remember after this batch. */
export function remember(
  { recent }: Pick<Checkpoint, "recent">,
  entries: readonly LogEntry[],
): string[] {
  const identities = entries.slice(-remembered).map(identityOf).filter((one) => one !== null);
  return [...recent, ...identities].slice(-remembered);
}

/** Project and id together: clients choose ids, and two projects of one partition may choose alike. */
function identityOf(entry: LogEntry): string | null {
  const id = idOf(entry);
  return id === null ? null : `${textField(entry.raw, "project") ?? ""}/${id}`;
}

/** The event's id, if it has one. */
export function idOf({ raw }: LogEntry): string | null {
  return textField(raw, "id");
}

/** A top-level text field of a stored event, whatever the event is. */
export function textField(raw: unknown, name: string): string | null {
  if (typeof raw !== "object" || raw === null || !(name in raw)) return null;
  const value: unknown = Reflect.get(raw, name);
  return typeof value === "string" ? value : null;
}

function sizeOf(record: LogRecord): number {
  return record.entries.reduce((sum, entry) => sum + entry.bytes, 0);
}
