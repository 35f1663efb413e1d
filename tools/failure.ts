/**
 * What a command says when it fails. An error of the stores has a sentence for clients, which must not
 * quote what a server said; an operator needs just that.
 *
 * @module
 */
import { StoreError } from "@/clickhouse/store_error.ts";
import { errorMessage } from "@/core/caught.ts";

/** ClickHouse's codes for a database and a table that are not there. */
const noTables: ReadonlySet<number> = new Set([81, 60]);

/** One sentence, for the operator alone. */
export function failure(error: unknown): string {
  if (error instanceof StoreError) {
    return error.exceptionCode === null
      ? `ClickHouse cannot be reached: ${error.reason}`
      : `ClickHouse refused with code ${error.exceptionCode}: ${error.reason}` +
        (noTables.has(error.exceptionCode) ? "\nRun `deno task migrate` first." : "");
  }
  return errorMessage(error);
}

/** Whether nobody answered where ClickHouse should be: a time may come when somebody does. */
export function isAway(error: unknown): boolean {
  return error instanceof StoreError && error.kind === "transient" && error.exceptionCode === null;
}
