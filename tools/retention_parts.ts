/**
 * Retention, put together: for the process that runs the consumers.
 *
 * @module
 */
import { ulid } from "ulid";
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { purgeRemoved } from "@/consumers/clickhouse/purge.ts";
import { systemClock } from "@/consumers/clock.ts";
import { createLeases } from "@/consumers/lease.ts";
import { patientKv } from "@/consumers/patient_kv.ts";
import { createRetention, type Looked } from "@/consumers/retention/pass.ts";
import { eraseCached } from "@/core/cache/erase_stored.ts";
import { boughtBefore } from "@/core/cache/owner.ts";
import { clickhouseIndex } from "@/core/cache/semantic/beyond/clickhouse_index.ts";
import type { LogWriter } from "@/core/log/contract.ts";
import type { KvPort } from "@/core/log/kv.ts";
import type { CountingLogReader } from "@/core/log/reader.ts";
import { retentionSection, type RetentionSettings } from "@/core/retention/settings.ts";
import { createSectionBook, projectsOf } from "@/core/settings/settings.ts";

export interface RetentionParts {
  readonly kv: KvPort;
  readonly reader: CountingLogReader;
  readonly log: Pick<LogWriter, "append">;
  readonly store: ClickHouseStore;
  /** See `LeaseOptions`. @default {a random name} */
  readonly owner?: string;
}

export function retentionOf(parts: RetentionParts): (signal: AbortSignal) => Promise<Looked> {
  const kv = patientKv(parts.kv, systemClock, Math.random);
  const beyond = clickhouseIndex({ store: parts.store, now: systemClock.now });
  const newId = () => ulid(Date.now());
  const book = createSectionBook(retentionSection, {
    kv,
    log: parts.log,
    now: systemClock.now,
    newId,
  });
  return createRetention({
    kv,
    reader: parts.reader,
    log: parts.log,
    newId,
    clock: systemClock,
    leases: createLeases({
      kv,
      clock: systemClock,
      owner: parts.owner ?? crypto.randomUUID(),
    }),
    async settings() {
      const all = new Map<string, RetentionSettings>();
      for (const project of await projectsOf(retentionSection, kv)) {
        all.set(project, (await book.get(project)).settings);
      }
      return all;
    },
    async forget(project, erasures) {
      await eraseCached({ kv, now: systemClock.now, beyond }, project, boughtBefore(erasures));
    },
    async purge(signal) {
      await purgeRemoved(parts.store, signal);
    },
  });
}
