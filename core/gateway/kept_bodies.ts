/**
 * The bodies that are kept with a call's event.
 *
 * @module
 */
import type { Payload } from "../log/contract.ts";
import type { Call } from "./call.ts";
import type { Capture } from "./capture.ts";

/** Most of a body that is kept, in bytes. */
export const keptBytes = 10 * 1024 * 1024;

/** @param readable the decompressed answer; null when there was none or it cannot be read */
export function payloadsOf(call: Call, readable: Capture | null) {
  const { headers, body, answer } = call;
  const payloads: Record<string, Payload> = {};
  const { omitRequest, omitResponse } = headers.attributes;
  if (!omitRequest && body.length > 0) payloads.request = requestPayload(call);
  if (!omitResponse && answer && readable && readable.total > 0) {
    payloads.response = payload(readable.head(), answer.contentType, readable.total);
  }
  return payloads;
}

/** The request's first bytes, up to the bound, with its whole length. */
export function requestPayload({ headers, body }: Call): Payload {
  return payload(body.subarray(0, keptBytes), headers.contentType, body.length);
}

function payload(bytes: Uint8Array, contentType: string | null, total: number): Payload {
  return { bytes, contentType, ...(total > bytes.length && { originalBytes: total }) };
}
