/** A log in memory that may hold anything, events of other releases and rubbish included. */
import type { Event } from "@/core/event/event.ts";
import type { LogEntry, LogReader, LogRecord } from "@/core/log/contract.ts";

export interface MemoryReader extends LogReader {
  /** Appends one record. */
  append(partition: number, ...raws: unknown[]): void;
  /** Answers for payloads of any event. */
  payloads: (event: Event, name: string) => Uint8Array | null;
}

export function memoryReader(partitions = 1): MemoryReader {
  const records: LogRecord[] = [];
  return {
    generation: 7,
    partitions,
    payloads: () => null,
    append(partition, ...raws) {
      const versionstamp = (records.length + 1).toString(16).padStart(20, "0");
      const entries: LogEntry[] = raws.map((raw, index) => ({
        position: { partition, versionstamp, index },
        raw,
        bytes: 100,
      }));
      records.push({ partition, versionstamp, entries });
    },
    read(partition, { after, upTo, maxRecords = 100 }) {
      const found = records.filter((record) =>
        record.partition === partition && (after === null || record.versionstamp > after) &&
        (upTo === undefined || record.versionstamp <= upTo)
      );
      return Promise.resolve(found.slice(0, maxRecords));
    },
    payload(event, name) {
      return Promise.resolve().then(() => this.payloads(event, name));
    },
  };
}
