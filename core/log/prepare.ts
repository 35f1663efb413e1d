/**
 * Turns a draft and its payloads into what a record takes: one frame and the chunks beside it.
 *
 * @module
 */
import { z } from "zod";
import { AppError } from "../error.ts";
import type { Event, PayloadRef } from "../event/event.ts";
import { type Chunk, cut } from "./chunks.ts";
import { pack } from "./compress.ts";
import type { Companion, EventDraft, Payload } from "./contract.ts";
import type { LogLimits } from "./limits.ts";
import { keep, keepNow, type KeptPayload } from "./payload.ts";
import { type FrameKind, frameKind } from "./record.ts";

export type Payloads = Readonly<Record<string, Payload>>;

/** An event that only waits for its place in a record. */
export interface Prepared {
  readonly id: string;
  readonly project: string;
  readonly kind: FrameKind;
  readonly json: string;
  readonly chunks: readonly Chunk[];
  /** What its record's commit stores beside it. */
  readonly beside: readonly Companion[];
}

/** Where a spilled event's JSON is kept: what its frame holds instead of the event. */
export const spillSchema = z.object({
  id: z.string(),
  project: z.string(),
  encoding: z.enum(["deflate", "identity"]),
  chunks: z.number().int().positive(),
  bytes: z.number().int().positive(),
  sha256: z.string().length(64),
});
type Spill = z.infer<typeof spillSchema>;

/** The payload name of a spilled event; callers cannot use it. */
export const spillName = "~event";

const maxPayloads = 16;
const mostCompanions = 8;
const payloadName = /^[a-z][a-z0-9_]{0,31}$/;
const nothing: readonly Companion[] = [];
const utf8 = new TextEncoder();

/** Why a draft cannot be stored whatever the log's state, or null. */
export function refusal(
  draft: EventDraft,
  payloads: Payloads | undefined,
  beside: readonly Companion[] = nothing,
): AppError | null {
  if (beside.length > mostCompanions) return refused("beside", `at most ${mostCompanions}`);
  if (!isShortText(draft.id)) return refused("id", "1 to 128 characters");
  if (!isShortText(draft.project)) return refused("project", "1 to 128 characters");
  let count = 0;
  for (const name in payloads) {
    if (!payloadName.test(name)) return refused("payloads", "names of a-z, 0-9 and _");
    if (++count > maxPayloads) return refused("payloads", `at most ${maxPayloads}`);
  }
  return null;
}

/** Prepares an event whose payloads are all small. */
export function prepareNow(
  draft: EventDraft,
  payloads: Payloads | undefined,
  limits: LogLimits,
  beside: readonly Companion[] = nothing,
): Prepared {
  if (!payloads) return assembled(draft, undefined, [], beside);
  const refs: Record<string, PayloadRef> = {};
  const chunks: Chunk[] = [];
  for (const name in payloads) {
    // `name` comes from the same object.
    const kept = keepNow({ ...owner(draft), name }, payloads[name] as Payload, limits);
    refs[name] = kept.ref;
    chunks.push(...kept.chunks);
  }
  return assembled(draft, refs, chunks, beside);
}

/** Prepares any event. */
export async function prepare(
  draft: EventDraft,
  payloads: Payloads | undefined,
  limits: LogLimits,
  beside: readonly Companion[] = nothing,
): Promise<Prepared> {
  if (!payloads) return assembled(draft, undefined, [], beside);
  const kept = await Promise.all(
    Object.entries(payloads).map(async ([name, payload]): Promise<[string, KeptPayload]> => [
      name,
      await keep({ ...owner(draft), name }, payload, limits),
    ]),
  );
  const refs = Object.fromEntries(kept.map(([name, { ref }]) => [name, ref]));
  return assembled(draft, refs, kept.flatMap(([, { chunks }]) => chunks), beside);
}

/**
 * Prepares an event that is too large for a record: the event itself becomes chunks, and the record
 * keeps where they are. Readers see no difference.
 *
 * @throws {AppError} `bad_request` when it is over the limit; nothing is cut silently
 */
export async function spill(prepared: Prepared, limits: LogLimits): Promise<Prepared> {
  const bytes = utf8.encode(prepared.json);
  if (bytes.length > limits.eventBytes) {
    throw new AppError("bad_request", {
      field: "event",
      expected: `at most ${limits.eventBytes} bytes of JSON`,
      bytes: bytes.length,
    });
  }
  const packed = await pack(bytes);
  const chunks = cut({ ...owner(prepared), name: spillName }, packed, limits);
  const reference: Spill = {
    id: prepared.id,
    project: prepared.project,
    encoding: packed.encoding,
    chunks: chunks.length,
    bytes: bytes.length,
    sha256: packed.sha256,
  };
  return {
    ...prepared,
    kind: frameKind.spilled,
    json: JSON.stringify(reference),
    chunks: [...prepared.chunks, ...chunks],
  };
}

function assembled(
  draft: EventDraft,
  payloads: Record<string, PayloadRef> | undefined,
  chunks: readonly Chunk[],
  beside: readonly Companion[],
): Prepared {
  return {
    id: draft.id,
    project: draft.project,
    kind: frameKind.event,
    json: toJson(payloads ? { ...draft, payloads } : draft),
    chunks,
    beside,
  };
}

function toJson(event: Event | EventDraft): string {
  try {
    return JSON.stringify(event);
  } catch (cause) {
    throw new AppError("bad_request", { field: "event", expected: "JSON values" }, { cause });
  }
}

function owner({ project, id }: { project: string; id: string }) {
  return { project, id };
}

function isShortText(value: unknown): boolean {
  return typeof value === "string" && value.length > 0 && value.length <= 128;
}

function refused(field: string, expected: string): AppError {
  return new AppError("bad_request", { field, expected });
}
