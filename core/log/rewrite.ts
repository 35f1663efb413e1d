/**
 * One record without what may no longer be in it: as it is to be stored, or gone. Nothing is stored here
 * but the chunks of large events that stay.
 *
 * Guarantees: a record that stays has as many events as before, at the same places.
 *
 * @module
 */
import { defaultRetry } from "./commit.ts";
import { openBlobKey } from "./keys.ts";
import type { KvPort } from "./kv.ts";
import { defaultLimits } from "./limits.ts";
import { spill, spillName, spillSchema } from "./prepare.ts";
import { readSpilled } from "./reader.ts";
import { decodeRecord, type Frame, frameKind, RecordBuilder } from "./record.ts";
import { type OpenBlob, stage } from "./stage.ts";
import { type Blob, blobsOf, isTombstone, stripped, tombstone } from "./strip.ts";

/** What is to become of one event. */
export type Decision = "keep" | "strip" | { readonly remove: "retention" | "erasure" };

export type Decide = (raw: unknown, index: number) => Decision;

export interface Rewritten {
  /** `same`: nothing changes. */
  readonly outcome: "same" | "changed" | "gone";
  /** The record's parts to store, each null where it stays as it is; empty unless it has changed. */
  readonly values: readonly (Uint8Array | null)[];
  /** Events of the record. */
  readonly events: number;
  /** Of these, those that lose their bodies, and those that go now. */
  readonly stripped: number;
  readonly removed: number;
  /** What marks the chunks that no event names any more: `sweepBlobs()` removes them. */
  readonly marks: readonly { readonly key: Deno.KvKey; readonly value: OpenBlob }[];
}

/** Of one part; below what a value may have: a reference that becomes text may be longer. */
const mostBytes = 64_000;
/** A large event that has become as small as this moves into its record. */
const smallEvent = 2_048;

interface Piece {
  /** The record's part it stands in. */
  readonly part: number;
  readonly frame: Frame;
  readonly raw: unknown;
  /** The event as it is from now on. */
  readonly next: object | null;
  readonly fate: "same" | "stripped" | "removed";
  readonly gone: readonly Blob[];
}

/**
 * @param parts the record's, as they are stored
 * @param now milliseconds since 1970
 * @throws {Damage} when the record, or a large event of it, cannot be read
 */
export async function rewritten(
  kv: KvPort,
  parts: readonly unknown[],
  decide: Decide,
  now: () => number,
): Promise<Rewritten> {
  const pieces: Piece[] = [];
  for (const [part, value] of parts.entries()) {
    for (const frame of decodeRecord(value)) {
      const raw = frame.kind === frameKind.spilled ? await readSpilled(kv, frame.json) : frame.json;
      pieces.push({ part, ...pieceOf(frame, raw, decide(raw, pieces.length)) });
    }
  }
  const count = (fate: Piece["fate"]) => pieces.filter((one) => one.fate === fate).length;
  const counts = {
    events: pieces.length,
    stripped: count("stripped"),
    removed: count("removed"),
  };
  const marks = pieces.flatMap(marksOf);
  const isGone = pieces.every(({ next, raw }) => isTombstone(next ?? raw));
  if (isGone) return { outcome: "gone", values: [], marks, ...counts };
  if (counts.stripped + counts.removed === 0) {
    return { outcome: "same", values: [], marks: [], ...counts };
  }
  const values: (Uint8Array | null)[] = [];
  for (const part of parts.keys()) {
    const own = pieces.filter((piece) => piece.part === part);
    const more = part === 0 ? parts.length - 1 : 0;
    values.push(own.every(({ next }) => next === null) ? null : await encoded(kv, own, more, now));
  }
  return { outcome: "changed", values, marks, ...counts };
}

function pieceOf(frame: Frame, raw: unknown, decision: Decision): Omit<Piece, "part"> {
  const same: Omit<Piece, "part"> = { frame, raw, next: null, fate: "same", gone: [] };
  if (decision === "keep" || isTombstone(raw)) return same;
  const spilled = spillOf(frame);
  if (decision === "strip") {
    const next = stripped(raw);
    if (next === null) return same;
    return { frame, raw, next, fate: "stripped", gone: [...blobsOf(raw), ...spilled] };
  }
  const next = tombstone(raw, decision.remove);
  return { frame, raw, next, fate: "removed", gone: [...blobsOf(raw), ...spilled] };
}

/** The chunks that an event itself is kept in. */
function spillOf({ kind, json }: Frame): Blob[] {
  if (kind !== frameKind.spilled) return [];
  const { sha256, chunks } = spillSchema.parse(json);
  return [[spillName, sha256, chunks]];
}

function marksOf({ raw, gone }: Piece): Rewritten["marks"] {
  if (gone.length === 0) return [];
  const { id, project } = raw as { id: string; project: string };
  const blobs = gone.map(([...blob]) => blob);
  // As old as can be: the sweep need not wait for a writer.
  return [{ key: openBlobKey(project, id), value: { at: 0, blobs } }];
}

async function encoded(
  kv: KvPort,
  pieces: readonly Piece[],
  more: number,
  now: () => number,
): Promise<Uint8Array> {
  const builder = new RecordBuilder(mostBytes);
  for (const { frame, raw, next } of pieces) {
    const json = JSON.stringify(next ?? frame.json);
    const stays = next === null || frame.kind === frameKind.event || json.length <= smallEvent;
    const kind = next === null ? frame.kind : frameKind.event;
    if (stays && builder.add(kind, json)) continue;
    const { id, project } = raw as { id: string; project: string };
    const prepared = { id, project, kind: frameKind.event, json, chunks: [], beside: [] };
    const beside = await spill(prepared, defaultLimits);
    await stage(beside, { kv, retry: defaultRetry, limits: defaultLimits, clock: now });
    if (!builder.add(beside.kind, beside.json)) throw new RangeError("The record grows too large");
  }
  return builder.finish(more).slice();
}
