/**
 * AWS's binary event framing (`application/vnd.amazon.eventstream`): length, headers' length, CRC,
 * headers, payload, CRC; all big-endian. Checksums are left to the client that consumes the bytes.
 *
 * @module
 */
import { parseJson } from "./json.ts";

const preludeBytes = 12;
const checksumBytes = 4;
const stringType = 7;
const decoder = new TextDecoder();

/** Each whole frame's JSON payload under its event type: `{[type]: payload}`. Stops at a cut frame. */
export function* awsEvents(bytes: Uint8Array): Generator<Record<string, unknown>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + preludeBytes <= bytes.length) {
    const total = view.getUint32(at);
    const headersEnd = at + preludeBytes + view.getUint32(at + 4);
    const payloadEnd = at + total - checksumBytes;
    if (total < preludeBytes + checksumBytes || at + total > bytes.length) return;
    if (headersEnd > payloadEnd) return;
    const type = eventType(bytes.subarray(at + preludeBytes, headersEnd));
    yield { [type]: parseJson(decoder.decode(bytes.subarray(headersEnd, payloadEnd))) };
    at += total;
  }
}

/** The `:event-type` or `:exception-type` header. Headers of AI services are all strings. */
function eventType(headers: Uint8Array): string {
  let at = 0;
  while (at < headers.length) {
    const nameEnd = at + 1 + (headers[at] ?? 0);
    const name = decoder.decode(headers.subarray(at + 1, nameEnd));
    if (headers[nameEnd] !== stringType) return "";
    const length = ((headers[nameEnd + 1] ?? 0) << 8) | (headers[nameEnd + 2] ?? 0);
    const valueEnd = nameEnd + 3 + length;
    if (name === ":event-type" || name === ":exception-type") {
      return decoder.decode(headers.subarray(nameEnd + 3, valueEnd));
    }
    at = valueEnd;
  }
  return "";
}
