/**
 * Everything that ClickHouse, or the way to it, can refuse, in one error.
 *
 * @module
 */
import { ClickHouseError } from "@clickhouse/client-web";
import { errorMessage } from "@/core/caught.ts";
import { AppError } from "@/core/error.ts";
import { type ErrorKind, kindOfCode, kindOfStatus } from "./exception_codes.ts";

export class StoreError extends AppError {
  /** ClickHouse's exception code; null when the answer had none, or there was no answer. */
  readonly exceptionCode: number | null;
  /** What a caller should do about it: retry, look for a bad row, or stop and tell. */
  readonly kind: ErrorKind;
  /** ClickHouse's own words, for operators. They may quote values: never send them to a client. */
  readonly reason: string;

  constructor(kind: ErrorKind, exceptionCode: number | null, reason: string) {
    super("analytics_unavailable", undefined, { cause: new Error(reason) });
    this.kind = kind;
    this.exceptionCode = exceptionCode;
    this.reason = reason;
  }
}

const longestReason = 2_000;

/** Reads an answer that is an error; undefined when it is none. */
export async function errorOfResponse(response: Response): Promise<StoreError | undefined> {
  const header = response.headers.get("x-clickhouse-exception-code");
  if (response.ok && header === null) return undefined;
  const text = await response.text();
  // Rows that were ready may stand before the exception.
  const reason = text.trim().slice(-longestReason) || `HTTP status ${response.status}`;
  const code = header === null ? null : Number(header);
  const kind = code === null ? kindOfStatus(response.status) : kindOfCode(code);
  return new StoreError(kind, code, reason);
}

/** The request got no answer, or its answer broke off: whether it was carried out is not known. */
export function noAnswer(error: unknown): StoreError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  // The settings in the address are ours, and longer than what went wrong.
  const reason = errorMessage(cause).replace(/\?query_id=[^\s)]*/, "");
  return new StoreError("transient", null, reason);
}

/** While rows are read: a server's exception may arrive between them, or the connection break. */
export function readError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  if (!(error instanceof ClickHouseError)) return noAnswer(error);
  const code = Number(error.code);
  return new StoreError(kindOfCode(code), code, error.message.slice(0, longestReason));
}
