/**
 * Where a request to the API may carry its project key: the places where clients of the gateway put it.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "./context.ts";

/** The key of a request's headers. Our own comes first: the others may carry a provider's beside it. */
export function presentedKey(headers: Headers): string | null {
  return headers.get("x-watchllm-key") ?? bearer(headers.get("helicone-auth")) ??
    headers.get("x-api-key") ?? headers.get("x-goog-api-key") ??
    bearer(headers.get("authorization"));
}

function bearer(value: string | null): string | null {
  return /^Bearer\s+(.+)$/i.exec(value ?? "")?.[1]?.trim() ?? null;
}

/** Moves a project key out of the query, where routes would take it for a filter, into its header. */
export const keyFromQuery: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const { raw } = c.req;
  if (raw.url.includes("key=wl_")) {
    const url = new URL(raw.url);
    const key = url.searchParams.get("key");
    if (key?.startsWith("wl_")) {
      url.searchParams.delete("key");
      const headers = new Headers(raw.headers);
      if (presentedKey(headers) === null) headers.set("x-watchllm-key", key);
      c.req.raw = new Request(new Request(url, raw), { headers });
    }
  }
  await next();
};
