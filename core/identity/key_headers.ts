/**
 * Headers that hold a project key and nothing else: ours, and the peers' for a key of their gateway's.
 *
 * @module
 */

export const gatewayKeyHeaders = [
  "x-watchllm-key",
  "helicone-auth",
  "cf-aig-authorization",
  "x-portkey-api-key",
  "x-bf-vk",
] as const;

/** The key itself, whether `Bearer` stands before it or not. */
export function withoutScheme(value: string): string {
  return value.replace(/^Bearer\s+/i, "").trim();
}
