/**
 * Where a request to the API may carry its project key: the places where clients of the gateway put it.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { gatewayKeyHeaders, withoutScheme } from "@/core/identity/key_headers.ts";
import type { ApiEnv } from "./context.ts";

/** Headers that may carry a provider's key as well. */
const shared = ["x-api-key", "x-goog-api-key", "api-key"] as const;

/**
 * The key of a request's headers: what a header of our own holds, else the first project key among the
 * others, because a provider's may stand beside it; else whatever is there, so that it can be refused.
 */
export function presentedKey(headers: Headers): string | null {
  for (const name of gatewayKeyHeaders) {
    const value = headers.get(name);
    if (value !== null) return withoutScheme(value);
  }
  const keys = [...shared.map((name) => headers.get(name)), bearer(headers.get("authorization"))]
    .filter((key) => key !== null);
  return keys.find((key) => key.startsWith("wl_")) ?? keys[0] ?? null;
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
