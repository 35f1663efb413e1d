/**
 * The API for a page's first data: the typed client that islands use, answered in this process and with
 * the caller's own session, so that a page can be given nothing that its reader may not see.
 *
 * @module
 */
import { type Context, HttpError } from "fresh";
import { hc } from "hono/client";
import type { Read } from "@/components/data/read.ts";
import type { ApiType } from "../(_api)/app.ts";
import type { State } from "./state.ts";

export function ownApi(ctx: Context<State>) {
  const { services } = ctx.state;
  // A change from a form keeps what says where the form stood: the API refuses others itself.
  const passed = ["cookie", "origin", "sec-fetch-site"].flatMap((name) => {
    const value = ctx.req.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return hc<ApiType>(ctx.url.origin, {
    headers: Object.fromEntries(passed),
    fetch: (input: RequestInfo | URL, init?: RequestInit) =>
      services.api(new Request(input, { ...init, signal: ctx.req.signal })),
  });
}

/** What was read; null while ClickHouse is away: no figure is invented. */
export function shownOrAway<T>(got: Read<T>): T | null {
  if (got.ok) return got.value;
  if (got.failure.reason === "away") return null;
  if (got.failure.reason === "missing") throw new HttpError(404);
  throw new HttpError(400, got.failure.detail ?? got.failure.message);
}

/** What was read; for what does not need ClickHouse. */
export function must<T>(got: Read<T>): T {
  const value = shownOrAway(got);
  if (value === null) throw new HttpError(503);
  return value;
}
