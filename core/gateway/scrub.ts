/**
 * Masks credentials in text that others wrote: providers echo a wrong key in their error message.
 *
 * @module
 */

/** Forms of keys: ours, OpenAI's and its likes, Google's, AWS's, GitHub-like, JWTs, `Bearer …`. */
const forms = [
  "wl_(?:live|test)_[A-Za-z0-9_*.-]+",
  "\\b(?:sk|pk|rk|gsk|xai|pplx|csk|fw|hf|tgp|key|AQ)[-_.][A-Za-z0-9_*.-]{6,}",
  "AIza[A-Za-z0-9_*-]{6,}",
  "\\b(?:AKIA|ASIA)[A-Z0-9]{12,}",
  "\\bya29\\.[A-Za-z0-9_.-]+",
  "\\beyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]*)?",
  "(?<=\\bBearer\\s+)[^\\s\"',;]+",
  "(?<=[?&](?:key|api_key|api-key|access_token)=)[^&\\s\"']+",
].join("|");
const credential = new RegExp(forms, "gi");
/** A URL may bring a name and a password. */
const anyCredential = new RegExp(`${forms}|://[^/\\s@]*:[^/\\s@]*@`, "i");

/**
 * The text with everything that looks like a credential replaced.
 *
 * @example
 * ```ts
 * import { scrub } from "@/core/gateway/scrub.ts";
 * import { expect } from "expect";
 *
 * expect(scrub("Incorrect API key provided: sk-proj-abc*****xyz.")).toBe(
 *   "Incorrect API key provided: [key]",
 * );
 * ```
 */
export function scrub(source: string): string {
  return source.replace(credential, "[key]");
}

/** Whether a text holds something that looks like a credential. */
export function looksLikeCredential(text: string): boolean {
  return anyCredential.test(text);
}
