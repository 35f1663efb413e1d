/**
 * Identity functions that carry types: with them a page knows its handler's data and the
 * application's state without annotations.
 *
 * @module
 */
import type { AnyComponent } from "preact";
import type { PageProps } from "./context.ts";
import type { HandlerByMethod, HandlerFn, RouteHandler } from "./handlers.ts";
import type { Middleware } from "./middleware.ts";

/** Typed definitions for one application's state; every function returns its argument. */
export interface Define<State> {
  /** A route's handler. */
  handlers<
    Data,
    Handlers extends RouteHandler<Data, State> = RouteHandler<Data, State>,
  >(handlers: Handlers): typeof handlers;

  /** A page; give `typeof handlers` to type its `data`. */
  page<
    // deno-lint-ignore no-explicit-any -- a constraint on handlers with any data; `unknown` would reject them
    Handler extends RouteHandler<any, State> = never,
    Data = Handler extends HandlerFn<infer Data, State> ? Data
      : Handler extends HandlerByMethod<infer Data, State> ? Data
      : never,
  >(render: AnyComponent<PageProps<Data, State>>): typeof render;

  /** A layout around pages. */
  layout(render: AnyComponent<PageProps<unknown, State>>): typeof render;

  /** One middleware, or several that run in order. */
  middleware<M extends Middleware<State> | Middleware<State>[]>(middleware: M): typeof middleware;
}

/** Makes the typed definitions for an application with this state. */
export function createDefine<State>(): Define<State> {
  return {
    handlers: (handlers) => handlers,
    page: (render) => render,
    layout: (render) => render,
    middleware: (middleware) => middleware,
  };
}
