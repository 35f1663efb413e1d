/**
 * What a command says when it fails. An error of the stores has a sentence for clients, which must not
 * quote what a server said; an operator needs just that.
 *
 * @module
 */
import { StoreError } from "@/clickhouse/store_error.ts";
import { errorMessage } from "@/core/caught.ts";

/** One sentence, for the operator alone. */
export function failure(error: unknown): string {
  if (error instanceof StoreError) {
    return error.exceptionCode === null
      ? `ClickHouse cannot be reached: ${error.reason}`
      : `ClickHouse refused with code ${error.exceptionCode}: ${error.reason}`;
  }
  return errorMessage(error);
}

/** Whether nobody answered where ClickHouse should be: a time may come when somebody does. */
export function isAway(error: unknown): boolean {
  return error instanceof StoreError && error.kind === "transient" && error.exceptionCode === null;
}
