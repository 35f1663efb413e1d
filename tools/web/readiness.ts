/**
 * How the installation stands for one project, as the dashboard shows it. What is away is part of the
 * answer; nothing here rejects.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import type { Readiness } from "@/components/readiness.ts";
import { readLag } from "@/consumers/lag.ts";
import type { Analytics } from "@/core/analytics/contract.ts";
import type { Config } from "@/core/config.ts";
import type { LogReader } from "@/core/log/contract.ts";
import type { KvPort } from "@/core/log/kv.ts";
import { partitionOf } from "@/core/log/position.ts";
import { cutsSoFar, readRemoved } from "@/core/retention/removed.ts";
import type { Vault } from "@/core/vault/types.ts";
import { readMarker } from "../demo/marker.ts";

export interface ReadinessDeps {
  readonly config: Config;
  readonly kv: KvPort;
  readonly reader: LogReader;
  readonly store: Pick<ClickHouseStore, "ping">;
  readonly analytics: Pick<Analytics, "logs">;
  /** The provider keys that a project has stored. */
  readonly vault: Pick<Vault, "list">;
  readonly now: () => number;
}

const pingMs = 1_500;
/** How much of the log is looked through for a first call while ClickHouse has none. */
const searchedBytes = 1024 * 1024;

export function createReadiness(deps: ReadinessDeps): (project: string) => Promise<Readiness> {
  const { config, kv, reader, now } = deps;
  const seen = new Set<string>();
  let awaySince: string | null = null;

  async function clickhouse(): Promise<Readiness["clickhouse"]> {
    const answers = () => deps.store.ping({ timeout: pingMs }).then(() => true, () => false);
    // One slow answer of a busy machine is no absence: the first is asked for twice.
    if (await answers() || (awaySince === null && await answers())) {
      awaySince = null;
      return { reachable: true };
    }
    awaySince ??= new Date(now()).toISOString();
    return { reachable: false, since: awaySince };
  }

  /** A call is seen for good: only its absence is asked for again. */
  async function firstCallSeen(project: string, reachable: boolean): Promise<boolean> {
    if (seen.has(project)) return true;
    const isDemo = await readMarker(kv, project) !== null;
    const found = reachable && await inClickHouse(deps.analytics, project) ||
      await inLog(reader, project);
    // Demo data may go away again.
    if (found && !isDemo) seen.add(project);
    return found;
  }

  /** Providers with a key, in the configuration or in the project's vault. */
  async function providers(project: string): Promise<string[]> {
    const stored = await deps.vault.list(project).catch(() => []);
    const names = [...config.providerKeys.keys(), ...stored.map(({ provider }) => provider)];
    return [...new Set(names)].sort();
  }

  return async function readiness(project) {
    const [state, waiting, named, removed] = await Promise.all([
      clickhouse(),
      backlog(kv, reader, now()),
      providers(project),
      removedOf(kv, project),
    ]);
    const called = await firstCallSeen(project, state.reachable).catch(() => false);
    return {
      providers: named,
      firstCallSeen: called,
      clickhouse: state,
      ...waiting,
      ...(removed && { removed }),
    };
  };
}

/** Null when nothing was ever taken away, and while that cannot be read. */
async function removedOf(kv: KvPort, project: string): Promise<Readiness["removed"] | null> {
  try {
    const { calls_before, bodies_before } = cutsSoFar(await readRemoved(kv, project));
    if (calls_before === null && bodies_before === null) return null;
    return { callsBefore: calls_before, bodiesBefore: bodies_before };
  } catch {
    return null;
  }
}

async function inClickHouse(analytics: Pick<Analytics, "logs">, project: string): Promise<boolean> {
  try {
    return (await analytics.logs(project, { limit: 1 })).logs.length > 0;
  } catch {
    return false;
  }
}

async function inLog(reader: LogReader, project: string): Promise<boolean> {
  const records = await reader.read(partitionOf(project, reader.partitions), {
    after: null,
    maxBytes: searchedBytes,
  });
  return records.some(({ entries }) =>
    entries.some(({ raw }) =>
      typeof raw === "object" && raw !== null && "project" in raw && raw.project === project &&
      "type" in raw && String(raw.type).startsWith("call.")
    )
  );
}

async function backlog(
  kv: KvPort,
  reader: LogReader,
  now: number,
): Promise<Pick<Readiness, "waiting" | "lagMs">> {
  try {
    const partitions = (await readLag(kv, reader))
      .filter(({ state }) => state === "active")
      .flatMap((lag) => lag.partitions);
    const oldest = partitions.map(({ oldestAt }) => oldestAt ? Date.parse(oldestAt) : now);
    return {
      waiting: partitions.reduce((sum, { pending }) => sum + pending, 0),
      lagMs: Math.max(0, now - Math.min(now, ...oldest)),
    };
  } catch {
    return { waiting: 0, lagMs: 0 };
  }
}
