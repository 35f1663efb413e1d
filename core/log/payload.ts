/**
 * How a payload is kept: small ones inside the event, as text or base64; larger ones packed and cut
 * into chunks beside the record. The reference in the event is enough to get the same bytes back.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { PayloadRef } from "../event/event.ts";
import { type Chunk, cut, type Owner } from "./chunks.ts";
import { blockingBytes, pack, type Packed, packNow } from "./compress.ts";
import type { Payload } from "./contract.ts";
import type { LogLimits } from "./limits.ts";
import { sizeOf, TextPayload } from "./text_payload.ts";

/** A payload as the event names it, and what has to be stored beside the record for it. */
export interface KeptPayload {
  readonly ref: PayloadRef;
  readonly chunks: readonly Chunk[];
}

const noChunks: readonly Chunk[] = [];
// The byte order mark is kept: what is read back has to be what was sent.
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Whether `keepNow()` may be used: the work is small enough to be done at once. */
export function isQuick(payload: Payload): boolean {
  return sizeOf(payload) <= blockingBytes;
}

/** Keeps a small payload. */
export function keepNow(owner: Owner, payload: Payload, limits: LogLimits): KeptPayload {
  if (sizeOf(payload) <= limits.inlineBytes) return inline(payload);
  return beside(owner, payload, packNow(payload.bytes), payload.bytes.length, limits);
}

/** Keeps a payload of any size; what is over the limit is cut and marked. */
export async function keep(
  owner: Owner,
  payload: Payload,
  limits: LogLimits,
): Promise<KeptPayload> {
  if (isQuick(payload)) return keepNow(owner, payload, limits);
  const bytes = payload.bytes.subarray(0, limits.payloadBytes);
  return beside(owner, payload, await pack(bytes), bytes.length, limits);
}

function inline(payload: Payload): KeptPayload {
  const stored: PayloadRef["stored"] = payload instanceof TextPayload
    ? { as: "text", text: payload.text }
    : inlined(payload.bytes);
  return { ref: { ...facts(payload, sizeOf(payload)), stored }, chunks: noChunks };
}

function inlined(bytes: Uint8Array): PayloadRef["stored"] {
  // Five times as fast as the strict decoder, and right unless it had to replace something.
  const text = lenient.decode(bytes);
  if (!text.includes("\ufffd")) return { as: "text", text };
  try {
    return { as: "text", text: utf8.decode(bytes) };
  } catch {
    return { as: "base64", data: Buffer.from(bytes).toString("base64") };
  }
}

function beside(
  owner: Owner,
  payload: Payload,
  packed: Packed,
  kept: number,
  limits: LogLimits,
): KeptPayload {
  const chunks = cut(owner, packed, limits);
  const { encoding, sha256 } = packed;
  return {
    ref: {
      ...facts(payload, kept),
      stored: { as: "chunks", encoding, chunks: chunks.length, sha256 },
    },
    chunks,
  };
}

function facts(payload: Payload, kept: number) {
  const original = Math.max(payload.originalBytes ?? 0, sizeOf(payload));
  return {
    content_type: payload.contentType,
    original_bytes: original,
    bytes: kept,
    truncated: kept < original,
  };
}
