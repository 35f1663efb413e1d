/**
 * What an OTLP endpoint answers: `ExportTraceServiceResponse`, and `google.rpc.Status` for errors, each
 * in the request's encoding.
 *
 * @module
 */
import { bytesField, joined, varintField } from "./protobuf.ts";

export type OtlpEncoding = "json" | "protobuf";

export const contentTypes: Readonly<Record<OtlpEncoding, string>> = {
  json: "application/json",
  protobuf: "application/x-protobuf",
};

/** The encoding that a content type names; null for any other. */
export function encodingOf(contentType: string | null): OtlpEncoding | null {
  const type = (contentType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "application/x-protobuf" || type === "application/protobuf") return "protobuf";
  return type === "application/json" ? "json" : null;
}

/** Spans that were not taken, and why. */
export interface Rejected {
  readonly spans: number;
  readonly message: string;
}

/** @param rejected spans that were not taken, and why; none for a whole success */
export function successBody(encoding: OtlpEncoding, rejected: Rejected): Uint8Array<ArrayBuffer> {
  const { spans, message } = rejected;
  if (encoding === "json") {
    const partial = spans > 0
      ? { partialSuccess: { rejectedSpans: String(spans), errorMessage: message } }
      : {};
    return new TextEncoder().encode(JSON.stringify(partial));
  }
  if (spans === 0) return new Uint8Array(0);
  return joined(bytesField(1, joined(varintField(1, spans), bytesField(2, message))));
}

/** `code` is gRPC's. */
export function statusBody(
  encoding: OtlpEncoding,
  code: number,
  message: string,
): Uint8Array<ArrayBuffer> {
  if (encoding === "json") return new TextEncoder().encode(JSON.stringify({ code, message }));
  return joined(varintField(1, code), bytesField(2, message));
}

/** gRPC's code of an HTTP status. */
export function grpcCode(status: number): number {
  switch (status) {
    case 400:
    case 413:
    case 415:
      return 3;
    case 401:
      return 16;
    case 403:
      return 7;
    case 404:
      return 5;
    case 408:
      return 4;
    case 429:
      return 8;
    case 503:
      return 14;
    default:
      return 13;
  }
}
