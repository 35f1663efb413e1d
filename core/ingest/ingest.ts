/**
 * Everything that reaches the log beside the gateway, put together from its ports.
 *
 * @module
 */
import { eventIds } from "../gateway/event_id.ts";
import type { ProjectKey } from "../identity/contract.ts";
import type { LogWriter } from "../log/contract.ts";
import type { KvPort } from "../log/kv.ts";
import type { ProjectPrices } from "../pricing/project_price.ts";
import type { Source } from "../event/span.ts";
import { createAcceptor } from "./accept.ts";
import { createLangfuse, type Langfuse } from "./adapters/langfuse.ts";
import { Budget } from "./budget.ts";
import type { Feedback, IngestContext } from "./context.ts";
import { createEvents, type Events } from "./events.ts";
import { defaultIngestLimits, type IngestLimits } from "./limits.ts";
import { createOtlp, type Otlp } from "./otel/otlp.ts";
import { createSeen } from "./seen.ts";

export interface IngestPorts {
  readonly log: Pick<LogWriter, "append">;
  /** For reading the index of ids; it is written with the log. */
  readonly kv: KvPort;
  /** A project's own prices: a promise only when nothing fresh enough is in memory. */
  readonly prices: (project: string) => ProjectPrices | Promise<ProjectPrices>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told of feedback on a call, after it is in the log. */
  readonly onFeedback?: (feedback: Feedback) => void;
  /** What an operator should know; never an event's content. */
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
  readonly limits?: Partial<IngestLimits>;
  /** Whether this process alone writes events of clients into the store: new ids then cost no reading. */
  readonly alone?: boolean;
  /** Ids of late that are kept in memory. */
  readonly mostRecentIds?: number;
  /** Makes event ids. */
  readonly newId?: (at: number) => string;
}

export interface Ingest {
  readonly events: Events;
  readonly otlp: Otlp;
  readonly langfuse: Langfuse;
  readonly limits: IngestLimits;
  /** The memory for all bodies. */
  readonly budget: Budget;
  /** What is known of a request by its key. */
  context(owner: ProjectKey, source: Source): Promise<IngestContext>;
  /** Stops what it does beside requests. */
  close(): Promise<void>;
}

/** Bytes that the bodies of all requests may take together. */
const allBodies = 256 * 1024 * 1024;

export function createIngest(ports: IngestPorts): Ingest {
  const { log, kv, prices, now, report } = ports;
  const limits = { ...defaultIngestLimits, ...ports.limits };
  const newId = ports.newId ?? eventIds((bytes) => crypto.getRandomValues(bytes));
  const seen = createSeen({
    kv,
    now,
    alone: ports.alone ?? false,
    report,
    ...(ports.mostRecentIds !== undefined && { mostRecent: ports.mostRecentIds }),
  });
  const acceptor = createAcceptor({ log, seen, report });

  /** Null when they cannot be read: then what events cost is not known either. */
  async function pricesOf(project: string): Promise<ProjectPrices | null> {
    try {
      return await prices(project);
    } catch (error) {
      report("A project's prices could not be read: its calls have no cost for now", {
        project,
        reason: String(error),
      });
      return null;
    }
  }

  function tellFeedback(feedback: Feedback): void {
    try {
      ports.onFeedback?.(feedback);
    } catch (error) {
      report("Feedback could not be passed on", { reason: String(error) });
    }
  }

  return {
    events: createEvents({ acceptor, seen, onFeedback: tellFeedback }),
    otlp: createOtlp(acceptor),
    langfuse: createLangfuse({ log, kv, report }),
    limits,
    budget: new Budget(allBodies),
    close: () => seen.close(),
    context: async ({ project, keyId }, source) => ({
      project,
      keyId,
      now: now(),
      source,
      prices: await pricesOf(project),
      newId,
    }),
  };
}
