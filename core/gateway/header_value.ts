/**
 * Values that an answer's header may hold. `Headers` takes control characters as well, and Deno's server ends
 * the whole process when it is to send one.
 *
 * @module
 */

const sendable = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether a header's value can be sent as it is. */
export function isSendable(value: string): boolean {
  return sendable.test(value);
}

/**
 * The value, with a sign for each character that cannot be sent.
 *
 * @example
 * ```ts
 * import { sendableValue } from "@/core/gateway/header_value.ts";
 * import { expect } from "expect";
 *
 * expect(sendableValue("back\u0007up \u2603")).toBe("back?up ?");
 * ```
 */
export function sendableValue(value: string): string {
  return isSendable(value) ? value : value.replaceAll(/[^\x20-\x7e]/g, "?");
}
