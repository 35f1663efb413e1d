/**
 * What may be told of an error that was caught: its kind alone where its words could quote a secret or a
 * payload, its message where they cannot.
 *
 * @module
 */

/**
 * The kind of an error, for what is logged beside a call.
 *
 * @example
 * ```ts
 * import { errorName } from "@/core/caught.ts";
 * import { expect } from "expect";
 *
 * expect(errorName(new TypeError("Cannot read sk-1234"))).toBe("TypeError");
 * expect(errorName("sk-1234")).toBe("unknown");
 * ```
 */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}

/** The message of an error, or the text of whatever else was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Characters of a cause that are kept. */
const mostOfCause = 500;

/**
 * Why something failed, in the operator's log: an error of the table says what its client is told, its
 * cause what happened.
 *
 * @example
 * ```ts
 * import { failureReason } from "@/core/caught.ts";
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
