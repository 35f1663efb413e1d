/**
 * A request as its client made it: what ends TLS before this server says so, and cookies and the addresses
 * that pages show follow from it. Whoever forges the header changes what he himself is given, no more.
 *
 * @module
 */

/** The same request with `https` in its URL when it came so to the proxy before us. */
export function asAsked(request: Request): Request {
  const scheme = request.headers.get("x-forwarded-proto")?.split(",")[0]?.trim().toLowerCase();
  if (scheme !== "https" || !request.url.startsWith("http:")) return request;
  return new Request(`https:${request.url.slice("http:".length)}`, request);
}
