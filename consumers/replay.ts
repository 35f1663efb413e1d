/**
 * Gives dead letters another try, after what was wrong with them has been mended.
 *
 * Guarantees: an event that is replayed twice, or by two at once, is stored once: its token follows from
 * its position; the letter goes only after its rows are in the sink.
 *
 * @module
 */
import type { LogEntry, LogReader } from "@/core/log/contract.ts";
import type { KvPort } from "@/core/log/kv.ts";
import type { Position } from "@/core/log/position.ts";
import {
  type DeadLetter,
  keepDeadLetter,
  listDeadLetters,
  settleDeadLetter,
} from "./dead_letter.ts";
import { projectEntry } from "./project_entry.ts";
import type { Projection } from "./projection.ts";

export interface ReplayDeps {
  readonly kv: KvPort;
  readonly reader: LogReader;
  readonly projection: Projection;
}

/** `unavailable`: the sink is away or refuses everything; the letter stays as it is. */
export type Replayed =
  | { readonly outcome: "replayed" }
  | { readonly outcome: "still_bad"; readonly code: string; readonly detail: string }
  | { readonly outcome: "unavailable"; readonly code: string; readonly detail: string }
  /** The log no longer holds the event. */
  | { readonly outcome: "gone" };

export async function replayDeadLetter(
  { kv, reader, projection }: ReplayDeps,
  letter: DeadLetter,
  signal: AbortSignal,
): Promise<Replayed> {
  const { partition, versionstamp, index } = letter.position;
  const entry = await entryAt(reader, letter.position);
  if (!entry) return { outcome: "gone" };
  const projected = await projectEntry({ projection, reader }, entry);
  if (!projected.ok) return await keep({ ...projected, stage: 0 });
  if (projected.row !== null) {
    const base =
      `${reader.generation}:${letter.consumer}:${partition}:dead-${versionstamp}-${index}` +
      `:v${projection.version}`;
    // Stages before the one that refused it have its row.
    for (let stage = letter.stage; stage < projection.stages; stage++) {
      const delivery = await projection.deliver(
        stage,
        [projected.row],
        `${base}:${stage}`,
        signal,
      );
      if (delivery.ok) continue;
      if (delivery.reason === "poison") return await keep({ ...delivery, stage });
      return { outcome: "unavailable", code: delivery.code, detail: delivery.detail };
    }
  }
  await settleDeadLetter(kv, letter, projected.counts ?? "row");
  return { outcome: "replayed" };

  async function keep(
    { stage, code, detail }: { stage: number; code: string; detail: string },
  ): Promise<Replayed> {
    await keepDeadLetter(kv, letter, { stage, code, detail });
    return { outcome: "still_bad", code, detail };
  }
}

/** The event that stands there; null when the log does not hold it any more. */
export async function entryAt(
  reader: LogReader,
  { partition, versionstamp, index }: Position,
): Promise<LogEntry | null> {
  const [record] = await reader.read(partition, {
    after: predecessor(versionstamp),
    upTo: versionstamp,
  });
  return record?.entries[index] ?? null;
}

export interface ReplaySummary {
  readonly replayed: number;
  readonly left: number;
}

/** Replays every dead letter of a consumer, in order; stops where the sink is away. */
export async function replayAll(deps: ReplayDeps, signal: AbortSignal): Promise<ReplaySummary> {
  let replayed = 0;
  let left = 0;
  let cursor: string | undefined;
  do {
    const page = await listDeadLetters(deps.kv, deps.projection.id, {
      limit: 200,
      ...(cursor !== undefined && { cursor }),
    });
    for (const letter of page.letters) {
      const { outcome } = await replayDeadLetter(deps, letter, signal);
      if (outcome === "replayed") replayed++;
      else left++;
      if (outcome === "unavailable" || signal.aborted) return { replayed, left };
    }
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return { replayed, left };
}

/** The greatest versionstamp below this one. */
function predecessor(versionstamp: Position["versionstamp"]): string | null {
  const value = BigInt(`0x${versionstamp}`);
  return value === 0n ? null : (value - 1n).toString(16).padStart(versionstamp.length, "0");
}
