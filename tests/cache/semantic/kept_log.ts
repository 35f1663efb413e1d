/** A log that keeps events in a list, and what goes beside them in the store, as the real one does. */
import type { EventDraft, LogWriter } from "@/core/log/contract.ts";
import type { KvPort } from "@/core/log/kv.ts";

export interface KeptLog extends Pick<LogWriter, "append"> {
  readonly events: EventDraft[];
  readonly newId: () => string;
}

let serial = 0;

export function keptLog(kv: KvPort): KeptLog {
  const events: EventDraft[] = [];
  return {
    events,
    newId: () => `judged-${String(serial++).padStart(9, "0")}`,
    async append(event, _payloads, beside = []) {
      events.push(event);
      for (const { key, value } of beside) await kv.set(key, value);
      return { id: event.id, position: { partition: 0, versionstamp: "0", index: 0 } };
    },
  };
}
