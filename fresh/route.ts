/**
 * A route: what handles its requests, what shows the data, and which surroundings it has.
 *
 * @module
 */
import { type AnyVNode, type PageComponent, toElement } from "./component.ts";
import { type Context, INTERNALS, type LayoutConfig, pageProps } from "./context.ts";
import { HttpError } from "./http_error.ts";
import { type HandlerFn, isByMethod, type RouteHandler } from "./handlers.ts";
import type { Method } from "./router.ts";

/** What a route module may export as `config`. */
export interface RouteConfig extends LayoutConfig {
  /** Another address than the file name's, as a URL pattern. */
  routeOverride?: string;
  /** The methods that a route loaded on demand answers. */
  methods?: "ALL" | Method[];
}

/** A route as it is given to `app.route()`. */
export interface Route<State> {
  component?: PageComponent;
  config?: RouteConfig;
  handler?: RouteHandler<unknown, State>;
}

/** A route with a handler for certain. */
export interface CompleteRoute<State> extends Route<State> {
  handler: RouteHandler<unknown, State>;
}

/** Something, or a function that loads it when it is first needed. */
export type MaybeLazy<T> = T | Lazy<T>;

/** Loads something. */
export type Lazy<T> = () => Promise<T>;

/** Adds the handler that shows a component without data. */
export function completeRoute<State>(route: Route<State>): CompleteRoute<State> {
  const { handler, component } = route;
  if (handler === undefined) return { ...route, handler: component ? showPage : notFound };
  if (component === undefined || !isByMethod(handler) || handler.GET) return { ...route, handler };
  return { ...route, handler: { ...handler, GET: showPage } };
}

/** Handles a request with the route and renders its page. */
export async function renderRoute<State>(
  ctx: Context<State>,
  route: CompleteRoute<State>,
  status = 200,
): Promise<Response> {
  const internals = ctx[INTERNALS];
  if (route.config?.skipAppWrapper) internals.app = null;
  if (route.config?.skipInheritedLayouts) internals.layouts = [];

  const handle = handlerFor(route.handler, ctx.req.method);
  // A method that the route does not know is left to whatever answers when nothing matches.
  const result = handle === undefined ? await ctx.next() : await handle(ctx);
  if (result instanceof Response) return result;

  let element: AnyVNode | null = null;
  if (route.component !== undefined) {
    const props = { ...pageProps(ctx, result.data), Component: () => null };
    const rendered = await toElement(route.component, props);
    if (rendered instanceof Response) return rendered;
    element = rendered;
  }
  const init: ResponseInit = { status: result.status ?? status };
  if (result.headers !== undefined) init.headers = result.headers;
  return ctx.render(element, init);
}

function handlerFor<State>(
  handler: RouteHandler<unknown, State>,
  method: string,
): HandlerFn<unknown, State> | undefined {
  if (!isByMethod(handler)) return handler;
  // Only names of methods that the handler has can be found in it.
  const own = Object.hasOwn(handler, method) ? handler[method as Method] : undefined;
  return own ?? (method === "HEAD" ? handler.GET : undefined);
}

function showPage() {
  return { data: {} };
}

function notFound(): never {
  throw new HttpError(404);
}
