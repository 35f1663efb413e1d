/**
 * Projects' limits, put together: settings, counts and stages, and the events of limits that were
 * crossed.
 *
 * @module
 */
import { errorName } from "@/core/caught.ts";
import { createLimiting, type Limiting } from "@/core/gateway/limiting.ts";
import type { PricesOf } from "@/core/gateway/record.ts";
import { crossedEvent } from "@/core/limits/crossed.ts";
import { createLimiter, type Crossing } from "@/core/limits/limiter.ts";
import { policyOf } from "@/core/limits/policy.ts";
import { limitsSection } from "@/core/limits/settings.ts";
import { type LimitStates, limitStates } from "@/core/limits/state.ts";
import type { LogWriter } from "@/core/log/contract.ts";
import type { KvPort } from "@/core/log/kv.ts";
import { editable, type EditableSection } from "@/core/settings/editable.ts";
import { createSectionBook } from "@/core/settings/settings.ts";

export interface ProjectLimitsPorts {
  readonly kv: KvPort;
  readonly log: LogWriter;
  readonly prices: PricesOf;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface ProjectLimits {
  readonly limiting: Limiting;
  readonly section: EditableSection;
  readonly states: LimitStates;
  /** Gives back what is put aside here. The log must still be open. */
  close(): Promise<void>;
}

export function createProjectLimits(ports: ProjectLimitsPorts): ProjectLimits {
  const { kv, log, prices, now, newId, warn } = ports;
  const book = createSectionBook(limitsSection, { kv, log, now, newId });
  const limiter = createLimiter({
    kv,
    process: crypto.randomUUID(),
    now,
    warn,
    onCrossed: (crossing) => append(crossing),
  });

  function append(crossing: Crossing): void {
    log.append(crossedEvent(crossing, newId(), now())).catch((error: unknown) =>
      warn("A limit was crossed and the log does not have it", {
        limit: crossing.limit.id,
        reason: errorName(error),
      })
    );
  }

  return {
    limiting: createLimiting({ limiter, settings: book.recent, prices, now, warn }),
    section: editable(book),
    async states(project) {
      await limiter.flush();
      const { settings } = await book.get(project);
      return await limitStates(limiter.ledger, project, policyOf(settings), now());
    },
    async close() {
      await limiter.close();
      await book.idle();
    },
  };
}
