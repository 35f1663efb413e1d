/**
 * The form of a project key: `wl_<live|test>_<12 public>_<43 secret>`, letters and digits. 43 of them
 * carry 256 bits, so the secret needs no slow hash.
 *
 * @module
 */

/** Fills as many bytes as asked with cryptographic randomness. */
export type Random = (bytes: number) => Uint8Array;

export type Environment = "live" | "test";

export interface ParsedKey {
  readonly environment: Environment;
  readonly keyId: string;
}

const form = /^wl_(live|test)_([A-Za-z0-9]{12})_[A-Za-z0-9]{43}$/;
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** What a key says of itself, or null when it is not of the form. */
export function parseKey(presented: string): ParsedKey | null {
  const match = form.exec(presented);
  if (!match) return null;
  const [, environment, keyId] = match;
  if (!keyId) return null;
  return { environment: environment === "test" ? "test" : "live", keyId };
}

/**
 * Makes a key.
 *
 * @example
 * ```ts
 * import { makeKey, parseKey } from "@/core/identity/key_format.ts";
 * import { expect } from "expect";
 *
 * const key = makeKey("live", (n) => crypto.getRandomValues(new Uint8Array(n)));
 * expect(parseKey(key)).toMatchObject({ environment: "live" });
 * ```
 */
export function makeKey(environment: Environment, random: Random): string {
  return `wl_${environment}_${randomText(12, random)}_${randomText(43, random)}`;
}

function randomText(length: number, random: Random): string {
  let text = "";
  while (text.length < length) {
    for (const byte of random(length)) {
      // 248 is the largest multiple of 62 in a byte: what is above would favour the first letters.
      if (byte < 248 && text.length < length) text += alphabet[byte % 62];
    }
  }
  return text;
}
