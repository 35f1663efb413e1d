/**
 * Names every request, so that an answer, a log line and a report can be brought together.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "./context.ts";

const wellFormed = /^[A-Za-z0-9_.:-]{1,128}$/;

/** Takes the caller's `X-Request-Id` when it is harmless; else makes one. Answers carry it. */
export const requestId: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const given = c.req.header("x-request-id");
  const id = given && wellFormed.test(given) ? given : `req_${crypto.randomUUID()}`;
  c.set("requestId", id);
  await next();
  c.res.headers.set("X-Request-Id", id);
};

/** The answers are data: nothing in them may be run, framed or kept by a shared cache. */
export const dataHeaders: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next();
  const headers = c.res.headers;
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  headers.set("Referrer-Policy", "no-referrer");
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  headers.append("Vary", "Authorization, Cookie");
};
