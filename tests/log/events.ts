/**
 * Events for the log's tests, and what a test asks of a whole log.
 *
 * @module
 */
import type { Event } from "@/core/event/event.ts";
import type { EventDraft, LogEntry, LogReader, Payload } from "@/core/log/contract.ts";

/** A small event. `extra` goes into its data: the log keeps any JSON, whatever the schemas say. */
export function draft(id: string, project = "project", extra: object = {}): EventDraft {
  return {
    type: "demo.removed",
    v: 1,
    id,
    project,
    at: "2026-11-23T09:00:00.000Z",
    data: { before: "2026-11-01T00:00:00.000Z", ...extra },
  };
}

export function bytesPayload(bytes: Uint8Array): Payload {
  return { contentType: "application/octet-stream", bytes };
}

export function textPayload(text: string): Payload {
  return { contentType: "application/json", bytes: new TextEncoder().encode(text) };
}

/** Bytes that do not compress. */
export function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  }
  return bytes;
}

/** Every entry of every partition, read to the end in steps. */
export async function everything(reader: LogReader, maxRecords = 100): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for (let partition = 0; partition < reader.partitions; partition++) {
    for (let after: string | null = null;;) {
      const records = await reader.read(partition, { after, maxRecords });
      for (const record of records) entries.push(...record.entries);
      const last = records.at(-1);
      if (!last) break;
      after = last.versionstamp;
    }
  }
  return entries;
}

/** A stored event as the test wrote it. */
export function eventOf(entry: LogEntry): Event {
  // Written by the same test, so it has this shape.
  return entry.raw as Event;
}

export function idOf(entry: LogEntry): string {
  return eventOf(entry).id;
}
