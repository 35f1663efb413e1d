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
