/**
 * What a route's handler may be and may return. The shapes are the framework's public API: a
 * handler gets one context and gives a `Response`, or data for the page component.
 *
 * @module
 */
import type { Context } from "./context.ts";
import type { Method } from "./router.ts";

/** Data for the page component, and how to answer with it. */
export interface PageResponse<T> {
  data: T;
  headers?: HeadersInit;
  status?: number;
}

/** Handles one request of a route. */
export interface HandlerFn<Data, State> {
  (ctx: Context<State>):
    | Response
    | PageResponse<Data>
    | Promise<Response | PageResponse<Data>>;
}

/** One handler for each HTTP method. */
export type HandlerByMethod<Data, State> = {
  [M in Method]?: HandlerFn<Data, State>;
};

/** A route's handler: one for all methods, or one for each. */
export type RouteHandler<Data, State> = HandlerFn<Data, State> | HandlerByMethod<Data, State>;

/** The data type that a handler gives to its page. */
export type RouteData<Handler extends RouteHandler<unknown, unknown>> = Handler extends
  RouteHandler<infer Data, unknown> ? Data : never;

/**
 * Gives data to the page component.
 *
 * @example
 * ```ts
 * import { page } from "fresh";
 * import { expect } from "expect";
 *
 * expect(page({ name: "Ada" }, { status: 201 })).toEqual({ data: { name: "Ada" }, status: 201 });
 * ```
 */
export function page<T>(
  data: T,
  options?: { headers?: HeadersInit; status?: number },
): PageResponse<T>;
export function page(): PageResponse<undefined>;
export function page<T>(
  data?: T,
  options?: { headers?: HeadersInit; status?: number },
): PageResponse<T | undefined> {
  const response: PageResponse<T | undefined> = { data };
  if (options?.headers !== undefined) response.headers = options.headers;
  if (options?.status !== undefined) response.status = options.status;
  return response;
}

/** Whether a handler is a set of handlers by method. */
export function isByMethod<Data, State>(
  handler: RouteHandler<Data, State>,
): handler is HandlerByMethod<Data, State> {
  return typeof handler !== "function";
}
