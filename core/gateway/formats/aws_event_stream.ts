/**
 * AWS's binary event framing (`application/vnd.amazon.eventstream`): length, headers' length, CRC,
 * headers, payload, CRC; all big-endian. A frame counts when it is whole and both checksums hold.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { parseJson } from "../../json.ts";

const preludeBytes = 12;
const checksumBytes = 4;
/** AWS's own bound. */
const mostFrameBytes = 24 * 1024 * 1024;
const decoder = new TextDecoder();

/**
 * Each whole frame's JSON payload under its event type, or under its exception's: `{[type]: payload}`;
 * an error without a payload as `{error: {code, message}}`. Stops at a cut frame, and passes over what
 * is no frame, such as the end of one that bytes from the middle of a stream begin with.
 */
export function* awsEvents(bytes: Uint8Array): Generator<Record<string, unknown>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + preludeBytes + checksumBytes <= bytes.length) {
    const total = view.getUint32(at);
    const headersEnd = at + preludeBytes + view.getUint32(at + 4);
    const payloadEnd = at + total - checksumBytes;
    const plausible = total >= preludeBytes + checksumBytes && total <= mostFrameBytes &&
      headersEnd <= payloadEnd;
    if (!plausible || crc32(bytes.subarray(at, at + 8)) !== view.getUint32(at + 8)) {
      at++;
      continue;
    }
    if (at + total > bytes.length) return;
    if (crc32(bytes.subarray(at, payloadEnd)) === view.getUint32(payloadEnd)) {
      const headers = stringHeaders(bytes.subarray(at + preludeBytes, headersEnd));
      yield eventOf(headers, bytes.subarray(headersEnd, payloadEnd));
    }
    at += total;
  }
}

function eventOf(headers: ReadonlyMap<string, string>, payload: Uint8Array) {
  if (headers.get(":message-type") === "error") {
    const code = headers.get(":error-code") ?? "error";
    return { error: { code, message: headers.get(":error-message") ?? "" } };
  }
  const type = headers.get(":event-type") ?? headers.get(":exception-type") ?? "";
  return { [type]: parseJson(decoder.decode(payload)) };
}

const stringType = 7;
/** Bytes of a value by its type; strings and bytes say their length themselves. */
const lengths: readonly (number | null)[] = [0, 0, 1, 2, 4, 8, null, null, 8, 16];

function stringHeaders(bytes: Uint8Array): Map<string, string> {
  const headers = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const nameEnd = at + 1 + (bytes[at] ?? 0);
    const type = bytes[nameEnd] ?? -1;
    const fixed = lengths[type];
    if (fixed === undefined) break;
    const said = ((bytes[nameEnd + 1] ?? 0) << 8) | (bytes[nameEnd + 2] ?? 0);
    const start = nameEnd + (fixed === null ? 3 : 1);
    const end = start + (fixed ?? said);
    if (type === stringType) {
      headers.set(
        decoder.decode(bytes.subarray(at + 1, nameEnd)),
        decoder.decode(bytes.subarray(start, end)),
      );
    }
    at = end;
  }
  return headers;
}
