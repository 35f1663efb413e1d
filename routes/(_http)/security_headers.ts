/**
 * Security headers on every answer of the web server: pages, error pages, API answers, redirects and
 * files. They are set around the whole handler, because error pages are rendered outside the
 * application's middlewares.
 *
 * Scripts run by nonce only, with what they load (`strict-dynamic`); `'self'` is left out on purpose,
 * so that a file that someone managed to upload is not a script. The nonce is the one that the
 * page's scripts were rendered with; an answer that is no rendered page gets one that nothing has.
 *
 * @module
 */

/** Answers a request. */
export type Handler = (
  request: Request,
  info: Deno.ServeHandlerInfo,
) => Response | Promise<Response>;

/** How the server is reached. */
export interface SecurityOptions {
  /** Whether the client speaks TLS to us; by default the request's own scheme says so. */
  isHttps?: (request: Request) => boolean;
}

/** The key under which Fresh leaves a rendering's nonce on its response. */
const nonceKey = Symbol.for("__freshNonce");

const fixedHeaders: readonly (readonly [string, string])[] = [
  ["X-Content-Type-Options", "nosniff"],
  // Origins are needed by the cross-site checks; full addresses stay on this site.
  ["Referrer-Policy", "same-origin"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ["X-Frame-Options", "DENY"],
  [
    "Permissions-Policy",
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
  ],
];

const oneYear = 31_536_000;

/** Puts the headers on whatever `handler` answers; a header that it set itself is kept. */
export function securityHeaders(handler: Handler, options: SecurityOptions = {}): Handler {
  const isHttps = options.isHttps ?? ((request) => request.url.startsWith("https:"));
  return async function withSecurityHeaders(request, info) {
    const response = await handler(request, info);
    // The answer to a WebSocket handshake is the connection itself and can't be changed.
    if (response.status === 101) return response;
    const nonce = renderNonce(response) ?? crypto.randomUUID().replaceAll("-", "");
    const result = withMutableHeaders(response);
    const { headers } = result;
    setIfMissing(headers, "Content-Security-Policy", contentPolicy(nonce));
    for (const [name, value] of fixedHeaders) setIfMissing(headers, name, value);
    if (isHttps(request)) {
      setIfMissing(headers, "Strict-Transport-Security", `max-age=${oneYear}; includeSubDomains`);
    }
    return result;
  };
}

/** The policy of a document whose scripts and styles carry `nonce`. */
export function contentPolicy(nonce: string): string {
  return [
    "default-src 'self'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function renderNonce(response: Response): string | null {
  const nonce: unknown = Reflect.get(response, nonceKey);
  return typeof nonce === "string" && nonce !== "" ? nonce : null;
}

/** A response that was fetched or is a redirect has fixed headers and is copied. */
function withMutableHeaders(response: Response): Response {
  try {
    response.headers.set("X-Content-Type-Options", "nosniff");
    return response;
  } catch {
    return new Response(response.body, response);
  }
}

function setIfMissing(headers: Headers, name: string, value: string): void {
  if (!headers.has(name)) headers.set(name, value);
}
