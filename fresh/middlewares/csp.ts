/**
 * Sets a Content-Security-Policy on answers that pass through it. An error page is rendered outside
 * the middlewares and so goes without; put the policy around the application's handler for that.
 *
 * @module
 */
import type { Middleware } from "../middleware.ts";
import { NONCE } from "../render/document.ts";

/** Options of {@linkcode csp}. */
export interface CSPOptions {
  /** Only report violations. */
  reportOnly?: boolean;
  /** Where to report violations. */
  reportTo?: string;
  /** Directives that replace the default ones of the same name. */
  csp?: string[];
  /** Allow inline scripts and styles by the document's nonce only. */
  useNonce?: boolean;
}

const DEFAULTS = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "upgrade-insecure-requests",
];

/** Adds the policy's header. */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  const policy = directives(options).join("; ");
  const header = options.reportOnly
    ? "Content-Security-Policy-Report-Only"
    : "Content-Security-Policy";
  return async function setPolicy(ctx) {
    const response: Response & { [NONCE]?: string } = await ctx.next();
    const nonce = options.useNonce ? response[NONCE] : undefined;
    const value = nonce ? policy.replaceAll("'unsafe-inline'", `'nonce-${nonce}'`) : policy;
    response.headers.set(header, value);
    if (options.reportTo) {
      response.headers.set("Reporting-Endpoints", `csp-endpoint="${options.reportTo}"`);
    }
    return response;
  };
}

function directives({ csp = [], reportTo }: CSPOptions): string[] {
  const own = new Set(csp.map(name));
  const reports = reportTo ? ["report-to csp-endpoint", `report-uri ${reportTo}`] : [];
  return [...DEFAULTS.filter((directive) => !own.has(name(directive))), ...csp, ...reports];
}

function name(directive: string): string | undefined {
  return directive.split(" ")[0];
}
