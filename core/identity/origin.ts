/**
 * Tells requests of the dashboard's own pages from those that another site makes with its visitor's
 * cookie.
 *
 * @module
 */

/**
 * Whether a browser says that the request comes from this very origin. `Sec-Fetch-Site` decides when it
 * is there: no page can forge it. Older browsers send `Origin`; a request with neither is refused, because
 * nothing is known of it.
 *
 * @example
 * ```ts
 * import { isSameOrigin } from "@/core/identity/origin.ts";
 * import { expect } from "expect";
 *
 * const request = new Request("https://w.example/v1/projects", {
 *   method: "POST",
 *   headers: { origin: "https://elsewhere.example" },
 * });
 * expect(isSameOrigin(request)).toBe(false);
 * ```
 */
export function isSameOrigin(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = URL.parse(request.headers.get("origin") ?? "");
  const own = new URL(request.url);
  // A proxy that ends TLS makes our own scheme http, so https is always the same or better.
  const schemeFits = origin?.protocol === own.protocol || origin?.protocol === "https:";
  return schemeFits && origin?.host === (request.headers.get("host") ?? own.host);
}
