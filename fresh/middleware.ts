/**
 * Middlewares, and running a chain of them: each sees the rest of the chain as `ctx.next()`.
 *
 * @module
 */
import { type Context, INTERNALS } from "./context.ts";

/** Answers a request, or passes it on with `ctx.next()`. */
export type Middleware<State> = (ctx: Context<State>) => Response | Promise<Response>;

/** @deprecated Use {@linkcode Middleware}. */
export type MiddlewareFn<State> = Middleware<State>;

/** The last link of a chain. */
export type Final = () => Response | Promise<Response>;

/** Runs the chain for one request; `last` answers when every middleware passes on. */
export function runMiddlewares<State>(
  chain: readonly Middleware<State>[],
  ctx: Context<State>,
  last: Final,
): Promise<Response> {
  const internals = ctx[INTERNALS];

  async function dispatch(index: number): Promise<Response> {
    const middleware = chain[index];
    if (middleware === undefined) return await last();
    const { app, layouts } = internals;
    ctx.next = () => dispatch(index + 1);
    try {
      return await middleware(ctx);
    } catch (error) {
      // The error page that catches this further out reads it from the context.
      ctx.error = error;
      throw error;
    } finally {
      internals.app = app;
      internals.layouts = layouts;
    }
  }

  return dispatch(0);
}
