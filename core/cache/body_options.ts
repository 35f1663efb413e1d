/**
 * What a request says about the cache in its body, as LiteLLM's clients do: an object `cache` beside the
 * fields that are the provider's. It is read here and goes no further.
 *
 * @module
 */
import type { RawHeader } from "./options.ts";

/** What its members' names begin with in the table of options: no header's name can. */
export const inBody = "body cache.";

const members: ReadonlySet<string> = new Set([
  "no-cache",
  "no-store",
  "use-cache",
  "ttl",
  "s-maxage",
  "s-max-age",
  "namespace",
]);

/**
 * The members of a body's `cache` when it is meant for the gateway; null when there is none, or when it
 * has members that are none of LiteLLM's, so that it is somebody else's.
 *
 * @example
 * ```ts
 * import { expect } from "expect";
 * import { cacheControlsIn } from "@/core/cache/body_options.ts";
 *
 * expect(cacheControlsIn({ model: "m", cache: { ttl: 60 } })).toEqual([["body cache.ttl", "60"]]);
 * expect(cacheControlsIn({ model: "m", cache: { kind: "ephemeral" } })).toBeNull();
 * ```
 */
export function cacheControlsIn(body: unknown): RawHeader[] | null {
  if (typeof body !== "object" || body === null || !("cache" in body)) return null;
  const { cache } = body;
  if (typeof cache !== "object" || cache === null || Array.isArray(cache)) return null;
  const entries = Object.entries(cache);
  if (!entries.every(([member]) => members.has(member))) return null;
  return entries.filter(([, value]) => value !== null)
    .map(([member, value]) => [
      inBody + member,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
}
