/**
 * Why a request failed, in the operator's log: an error of the table says what its client is told, its cause
 * what happened.
 *
 * @module
 */

/** Characters of a cause that are kept. */
const mostOfCause = 500;

/**
 * @example
 * ```ts
 * import { failureReason } from "@/tools/web/failure_reason.ts";
 * import { expect } from "expect";
 *
 * const away = new Error("Not now", { cause: new Error("Code: 210. Connection refused") });
 * expect(failureReason(away)).toBe("Error: Not now (Code: 210. Connection refused)");
 * ```
 */
export function failureReason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
  return cause === "" ? String(error) : `${error} (${cause.slice(0, mostOfCause)})`;
}
