/**
 * A consumer that begins again after it was retired: the log has not waited for it. What retention took
 * out of the log meanwhile it will never see, and need not: a later event has taken the rows away, and
 * that one it will meet.
 *
 * @module
 */
import type { KvPort } from "@/core/log/kv.ts";
import type { CountingLogReader } from "@/core/log/reader.ts";
import { readCheckpoint, storeCheckpoint } from "./checkpoint.ts";
import { countAppended } from "./proof.ts";

/** Counts what is missing as taken out. Nothing else may work for the consumer. */
export async function acceptTrimmed(
  kv: KvPort,
  reader: CountingLogReader,
  consumer: string,
): Promise<void> {
  for (let partition = 0; partition < reader.partitions; partition++) {
    const current = await readCheckpoint(kv, consumer, partition);
    if (current.versionstamp === null) continue;
    const { checkpoint } = current;
    const { events: appended, last } = await countAppended(kv, reader, partition);
    if (last === null) continue;
    const { events: waiting } = await reader.count(partition, checkpoint.committed, last);
    const { rows, skipped, dead, repeated } = checkpoint;
    const trimmed = Math.max(0, appended - waiting - rows - skipped - dead - repeated);
    if (trimmed === checkpoint.trimmed) continue;
    // The range that it had begun may have changed: it is cut anew, and copies are replaced.
    await storeCheckpoint(kv, consumer, partition, current, {
      ...checkpoint,
      trimmed,
      pending: null,
    });
  }
}
