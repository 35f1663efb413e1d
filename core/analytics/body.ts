/**
 * Request and answer bodies as they are stored and as they are answered.
 *
 * @module
 */
import type { KeptHeaders } from "../event/call.ts";
import type { BodyInfo } from "./types.ts";

export type BodyColumns = "request" | "response";

interface Kept {
  readonly request: string | null;
  readonly response: string | null;
}
type Sides<Suffix extends string, T> = {
  readonly [K in `${BodyColumns}_${Suffix}`]: T;
};

/** A row of `event_bodies`; sizes arrive as text. */
export type StoredBodies =
  & Kept
  & Sides<"encoding", string>
  & Sides<"content_type", string | null>
  & Sides<"original_bytes" | "bytes", string>
  & Sides<"truncated", boolean>
  & Sides<"headers", Readonly<Record<string, string>>>
  & { readonly calls: readonly (readonly [id: string, name: string, args: string])[] };

/** The body: parsed when it is JSON and `raw` is false, else as it is stored; null when none is kept. */
export function bodyOf(row: StoredBodies, side: BodyColumns, raw: boolean): unknown {
  const stored = row[side];
  if (stored === null || raw || row[`${side}_encoding`] !== "json") return stored;
  try {
    return JSON.parse(stored);
  } catch {
    // Cut at the size limit, so no longer JSON.
    return stored;
  }
}

/** What is known of a body beside its text, sizes in bytes; null when none is kept. */
export function bodyInfo(row: StoredBodies, side: BodyColumns): BodyInfo | null {
  if (row[side] === null) return null;
  return {
    content_type: row[`${side}_content_type`],
    original_bytes: Number(row[`${side}_original_bytes`]),
    bytes: Number(row[`${side}_bytes`]),
    truncated: row[`${side}_truncated`],
    encoding: encodingOf(row[`${side}_encoding`]),
  };
}

/** Null when none was kept. */
export function headersOf(row: StoredBodies): KeptHeaders | null {
  const { request_headers: request, response_headers: response } = row;
  const none = Object.keys(request).length + Object.keys(response).length === 0;
  return none ? null : { request, response };
}

function encodingOf(stored: string): BodyInfo["encoding"] {
  return stored === "json" || stored === "base64" ? stored : "text";
}
