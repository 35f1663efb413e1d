/**
 * A project's events in commit order, read from its partition of the log.
 *
 * @module
 */
import { rawEventSchema } from "@/core/event/upcast.ts";
import type { LogReader, LogRecord } from "@/core/log/contract.ts";
import { partitionOf } from "@/core/log/position.ts";
import type { LogEvents } from "./log_schema.ts";

interface Place {
  readonly versionstamp: string;
  readonly index: number;
}

/** Other projects share the partition: one request reads past so much of theirs, and the next goes on. */
const recordsPerRequest = 200;
const bytesPerRequest = 8 * 1024 * 1024;

export async function logPage(
  log: LogReader,
  project: string,
  after: string | undefined,
  limit: number,
): Promise<LogEvents> {
  const start = after === undefined ? null : placeOf(after);
  const records = await log.read(partitionOf(project, log.partitions), {
    // The record where the last page ended may hold more: it is read again.
    after: start && justBefore(start.versionstamp),
    maxRecords: recordsPerRequest,
    maxBytes: bytesPerRequest,
  });
  const events: LogEvents["events"] = [];
  let next = after ?? null;
  for (const { position, raw } of entriesAfter(records, start)) {
    if (events.length === limit) return { events, next, has_more: true };
    const parsed = rawEventSchema.safeParse(raw);
    next = `${position.versionstamp}.${position.index}`;
    if (parsed.success && parsed.data.project === project) {
      events.push({ position: next, event: parsed.data });
    }
  }
  return { events, next, has_more: records.length > 0 && next !== (after ?? null) };
}

function* entriesAfter(records: readonly LogRecord[], start: Place | null) {
  for (const { entries, versionstamp } of records) {
    for (const entry of entries) {
      const seen = start?.versionstamp === versionstamp && entry.position.index <= start.index;
      if (!seen) yield entry;
    }
  }
}

function placeOf(after: string): Place {
  const [versionstamp = "", index = "0"] = after.split(".");
  return { versionstamp, index: Number(index) };
}

/** The largest versionstamp below, or null for the beginning. */
function justBefore(versionstamp: string): string | null {
  const number = BigInt(`0x${versionstamp}`);
  return number === 0n ? null : (number - 1n).toString(16).padStart(20, "0");
}
